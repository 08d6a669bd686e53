package device

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"rstorm/faults"
)

// frameShape is what one effect at one point looks like over HTTP/2, to a
// client that sends one PUT on stream 1 (none where an ending effect strikes at
// connect) and reads to the end, or, where the connection stays, as far as the
// frames say.
type frameShape struct {
	effect   faults.Effect
	point    faults.Point
	frames   string // received after the settings, joined by commas
	content  int    // bytes of DATA among them; whole is special
	end      error  // how the client's reading ends; nil where the connection stays
	executed int
	answered int
	ended    Ending
}

const (
	answer200 = "HEADERS 1 200, DATA 1 END"
	cut200    = "HEADERS 1 200, DATA 1"
)

var frameShapes = []frameShape{
	{faults.Reset, faults.Connect, "", 0, errReset, 0, 0, "reset at connect"},
	{faults.Reset, faults.Request, "", 0, errReset, 0, 0, "reset at request"},
	{faults.Reset, faults.BeforeForward, "", 0, errReset, 0, 0, "reset at before-forward"},
	{faults.Reset, faults.AfterForward, "", 0, errReset, 1, 0, "reset at after-forward"},
	{faults.Reset, faults.Response, cut200, 5, errReset, 1, 0, "reset at response"},
	{faults.Reset, faults.AfterResponse, answer200, whole, errReset, 1, 1, "reset at after-response"},
	{faults.Reset, faults.Idle, answer200, whole, errReset, 1, 1, "reset at idle"},

	{faults.Close, faults.Connect, "", 0, io.EOF, 0, 0, "close at connect"},
	{faults.Close, faults.Request, "", 0, io.EOF, 0, 0, "close at request"},
	{faults.Close, faults.BeforeForward, "", 0, io.EOF, 0, 0, "close at before-forward"},
	{faults.Close, faults.AfterForward, "", 0, io.EOF, 1, 0, "close at after-forward"},
	{faults.Close, faults.Response, cut200, 5, io.EOF, 1, 0, "close at response"},
	{faults.Close, faults.AfterResponse, answer200, whole, io.EOF, 1, 1, "close at after-response"},
	{faults.Close, faults.Idle, answer200, whole, io.EOF, 1, 1, "close at idle"},

	{faults.HalfClose, faults.BeforeForward, "", 0, io.EOF, 0, 0, "half-close at before-forward"},
	{faults.HalfClose, faults.AfterForward, "", 0, io.EOF, 1, 0, "half-close at after-forward"},
	{faults.HalfClose, faults.Response, cut200, 5, io.EOF, 1, 0, "half-close at response"},
	{faults.HalfClose, faults.AfterResponse, answer200, whole, io.EOF, 1, 1, "half-close at after-response"},
	{faults.HalfClose, faults.Idle, answer200, whole, io.EOF, 1, 1, "half-close at idle"},

	{faults.Drain, faults.BeforeForward, "", 0, io.EOF, 0, 0, "drain at before-forward"},
	{faults.Drain, faults.AfterForward, "", 0, io.EOF, 1, 0, "drain at after-forward"},
	{faults.Drain, faults.Response, cut200, 5, io.EOF, 1, 0, "drain at response"},
	{faults.Drain, faults.AfterResponse, answer200, whole, io.EOF, 1, 1, "drain at after-response"},
	{faults.Drain, faults.Idle, answer200, whole, io.EOF, 1, 1, "drain at idle"},

	{faults.Hold, faults.Connect, answer200, whole, nil, 1, 1, ClientClosed},
	{faults.Hold, faults.Request, answer200, whole, nil, 1, 1, ClientClosed},
	{faults.Hold, faults.BeforeForward, answer200, whole, nil, 1, 1, ClientClosed},
	{faults.Hold, faults.AfterForward, answer200, whole, nil, 1, 1, ClientClosed},
	{faults.Hold, faults.Response, cut200 + ", DATA 1 END", whole, nil, 1, 1, ClientClosed},

	{faults.Truncate, faults.Response, cut200, 5, io.EOF, 1, 0, "truncate at response"},
	{faults.Status, faults.BeforeForward, "HEADERS 1 503, DATA 1 END", whole, nil, 0, 1, ClientClosed},

	{faults.GoAway, faults.BeforeForward, "GOAWAY 1 ENHANCE_YOUR_CALM", 0, io.EOF, 0, 0, "goaway at before-forward"},
	{faults.GoAway, faults.AfterForward, "GOAWAY 1 ENHANCE_YOUR_CALM", 0, io.EOF, 1, 0, "goaway at after-forward"},
	{faults.GoAway, faults.AfterResponse, answer200 + ", GOAWAY 1 ENHANCE_YOUR_CALM", whole, io.EOF, 1, 1, "goaway at after-response"},
	{faults.GoAway, faults.Idle, answer200 + ", GOAWAY 1 ENHANCE_YOUR_CALM", whole, io.EOF, 1, 1, "goaway at idle"},

	{faults.RSTStream, faults.BeforeForward, "RST_STREAM 1 ENHANCE_YOUR_CALM", 0, nil, 0, 0, ClientClosed},
	{faults.RSTStream, faults.AfterForward, "RST_STREAM 1 ENHANCE_YOUR_CALM", 0, nil, 1, 0, ClientClosed},
	{faults.RSTStream, faults.Response, cut200 + ", RST_STREAM 1 ENHANCE_YOUR_CALM", 5, nil, 1, 0, ClientClosed},
}

// fault makes the fault that s describes, with a delay where it takes one.
func (s frameShape) fault() faults.Fault {
	f := shape{effect: s.effect, point: s.point}.fault()
	if s.effect == faults.GoAway || s.effect == faults.RSTStream {
		f.Error = faults.EnhanceYourCalm
	}
	if s.point == faults.Request {
		f.Bytes = 1
	}
	return f
}

// meet is the client's side of s. Where the connection stays, another command
// follows on it.
func (s frameShape) meet(t *testing.T, d *Device) (frames []string, content []byte, end error) {
	t.Helper()
	if s.point == faults.Connect && s.end != nil {
		c, err := tryDial(t, d)
		if err == nil {
			_, err = c.rest()
		}
		return nil, nil, err
	}
	p := call(t, d)
	p.put(1, "0-1")
	if s.end != nil {
		defer p.TCPConn.Close()
		return p.rest()
	}
	for range strings.Count(s.frames, ",") + 1 {
		frame, piece, err := p.next()
		if err != nil {
			return frames, content, err
		}
		frames, content = append(frames, frame), append(content, piece...)
	}
	p.must(p.WritePing(false, [8]byte{}))
	p.expect("PING ACK")
	p.hangUp()
	return frames, content, nil
}

func TestEveryEffectAtEveryPointOverHTTP2(t *testing.T) {
	for _, protocol := range multiplexed {
		for _, s := range frameShapes {
			t.Run(string(protocol)+" "+string(s.effect)+" at "+string(s.point), func(t *testing.T) {
				f, clock := s.fault(), new(diary)
				d := switchOnConfigured(t, Config{Profile: Profile{Faults: []faults.Fault{f}}, Seed: 1, Protocol: protocol}, clock.clock())
				frames, content, end := s.meet(t, d)
				got := ended(t, d, 1)

				if told := slices.Equal(got.Refused, []string{"0-1"}); told != (s.effect == faults.RSTStream) || len(got.Refused) > 1 {
					t.Errorf("the record says that the streams of %q were reset", got.Refused)
				}
				if !errors.Is(end, s.end) {
					t.Errorf("reading ended with %v, want %v", end, s.end)
				}
				if strings.Join(frames, ", ") != s.frames {
					t.Errorf("received %q, want %q", frames, s.frames)
				}
				if s.content == whole && !strings.HasSuffix(string(content), "}") || s.content != whole && len(content) != s.content {
					t.Errorf("content %q, want %d bytes", content, s.content)
				}
				if n := executions(d, "0-1"); n != s.executed {
					t.Errorf("executed %d times, want %d", n, s.executed)
				}
				if got.Ended != s.ended || got.Exchanges != s.answered {
					t.Errorf("connection %+v, want %q, %d answered", got, s.ended, s.answered)
				}
				var waits []time.Duration
				if !f.Delay.IsZero() && s.point != faults.Idle {
					waits = []time.Duration{f.Delay.Median()}
				}
				if !slices.Equal(clock.noted(), waits) {
					t.Errorf("the device waited %v, want %v", clock.noted(), waits)
				}
			})
		}
	}
}
