package link

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2/toxics"
	"go.uber.org/goleak"

	"rstorm/faults"
	"rstorm/results"
)

func TestToxicsTableIsToxiproxysRegistry(t *testing.T) {
	registered := map[string][]string{}
	for name, toxic := range toxics.ToxicRegistry {
		if name == "noop" {
			continue // does nothing
		}
		registered[name] = nil
		kind := reflect.TypeOf(toxic).Elem()
		for i := range kind.NumField() {
			registered[name] = append(registered[name], kind.Field(i).Tag.Get("json"))
		}
	}
	listed := map[string][]string{}
	for _, kind := range faults.Toxics {
		listed[kind.Type] = nil
		for _, a := range kind.Attributes {
			listed[kind.Type] = append(listed[kind.Type], a.Name)
		}
	}
	if !maps.EqualFunc(registered, listed, slices.Equal) {
		t.Errorf("faults.Toxics has %v, Toxiproxy has %v", listed, registered)
	}
}

// toxic is a fault that is a toxic in both directions or in one.
func toxic(kind string, s faults.Stream, attributes map[string]int64) faults.Fault {
	return faults.Fault{Toxic: &faults.Toxic{Type: kind, Stream: s, Toxicity: 1, Attributes: attributes}}
}

// shaping toxics let everything pass in the end.
var shapers = map[string]map[string]int64{
	"latency":    {"latency": 5, "jitter": 5},
	"bandwidth":  {"rate": 4000},
	"slow_close": {"delay": 30},
	"slicer":     {"average_size": 1000, "size_variation": 300, "delay": 10},
}

// cutters are toxics that lose bytes.
var cutters = map[string]map[string]int64{
	"timeout":    {"timeout": 20},
	"reset_peer": {"timeout": 20},
	"limit_data": {"bytes": 60},
}

func TestEveryToxicIsTested(t *testing.T) {
	for _, kind := range faults.Toxics {
		if shapers[kind.Type] == nil && cutters[kind.Type] == nil {
			t.Errorf("no test for toxic %s", kind.Type)
		}
	}
}

func TestToxicsKeepEveryByteInOrder(t *testing.T) {
	noise := make([]byte, 200<<10)
	for i := range len(noise) / 8 {
		binary.LittleEndian.PutUint64(noise[8*i:], rand.NewPCG(1, uint64(i)).Uint64())
	}
	both := []faults.Fault{toxic("latency", faults.Upstream, shapers["latency"])}
	for kind, attributes := range shapers {
		both = append(both, toxic(kind, faults.Downstream, attributes))
	}
	chains := map[string][]faults.Fault{"all of them": both}
	for kind, attributes := range shapers {
		chains[kind] = []faults.Fault{toxic(kind, faults.Upstream, attributes), toxic(kind, faults.Downstream, attributes)}
	}
	for name, chain := range chains {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			up := make(chan []byte, 1)
			l := openLink(t, startDevice(t, func(c *net.TCPConn) {
				b, err := io.ReadAll(c)
				if err != nil {
					t.Errorf("device: %v", err)
				}
				up <- b
				c.Write(noise)
			}), chain...)
			c := call(t, l.Addr(), nil)
			defer c.Close()
			c.say(string(noise))
			c.CloseWrite()
			down, err := io.ReadAll(c)
			if err != nil || !bytes.Equal(down, noise) {
				t.Errorf("client got %d bytes, %v; want the %d sent", len(down), err, len(noise))
			}
			if b := <-up; !bytes.Equal(b, noise) {
				t.Errorf("device got %d bytes; want the %d sent", len(b), len(noise))
			}
			if log := closeLink(t, l)[0]; log.Up != int64(len(noise)) || log.Down != int64(len(noise)) || log.Injected != "" {
				t.Errorf("log: %d up, %d down, injected %q; want %d each way, none", log.Up, log.Down, log.Injected, len(noise))
			}
		})
	}
}

// An end that no bytes carry is as late as bytes are: the client knows of it
// no sooner than the latency after the device made it.
func TestLatencyDelaysEveryEndOfAConnection(t *testing.T) {
	const late = 80 * time.Millisecond
	for _, row := range []struct {
		name string
		end  func(d *side) // of an idle connection
		want string
	}{
		{"a FIN", func(d *side) { d.Close() }, `"", EOF`},
		{"a RST", func(d *side) { d.reset() }, `"", ECONNRESET`},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			made := make(chan time.Time, 1)
			cue := make(chan struct{})
			l := openLink(t, startDevice(t, func(c *net.TCPConn) {
				d := newSide(t, c, cue)
				d.take("hello")
				d.await()
				made <- time.Now()
				row.end(d)
			}), toxic("latency", faults.Downstream, map[string]int64{"latency": late.Milliseconds()}))
			c := call(t, l.Addr(), cue)
			defer c.Close()
			c.say("hello")
			c.signal()
			c.drain()
			if took := time.Since(<-made); took < late {
				t.Errorf("it took %v, less than the latency of %v", took, late)
			}
			if c.saw[0] != row.want {
				t.Errorf("client saw %v, want %s", c.saw, row.want)
			}
		})
	}
	t.Run("a client's FIN and RST", func(t *testing.T) {
		t.Parallel()
		for _, leave := range []func(*side){func(c *side) { c.Close() }, (*side).reset} {
			seen := make(chan time.Time, 1)
			l := openLink(t, startDevice(t, func(c *net.TCPConn) {
				io.Copy(io.Discard, c)
				seen <- time.Now()
			}), toxic("latency", faults.Upstream, map[string]int64{"latency": late.Milliseconds()}))
			c := call(t, l.Addr(), nil)
			made := time.Now()
			leave(c)
			if took := (<-seen).Sub(made); took < late {
				t.Errorf("it took %v, less than the latency of %v", took, late)
			}
		}
	})
}

// The client's bytes that cross with a device's RST vanish, and the RST comes
// as late as it should.
func TestLatencyDelaysARSTBehindAFIN(t *testing.T) {
	const late = 80 * time.Millisecond
	cue, made := make(chan struct{}), make(chan time.Time, 1)
	l := openLink(t, startDevice(t, func(c *net.TCPConn) {
		d := newSide(t, c, cue)
		d.take("hello")
		d.CloseWrite()
		d.await()
		made <- time.Now()
		d.reset()
	}), toxic("latency", faults.Downstream, map[string]int64{"latency": late.Milliseconds()}))
	c := call(t, l.Addr(), cue)
	defer c.Close()
	c.say("hello")
	c.drain()
	c.signal()
	reset := <-made
	c.writeToTheEnd()
	if took := time.Since(reset); took < late {
		t.Errorf("the RST took %v, less than the latency of %v", took, late)
	}
	if want := `"", EOF EPIPE`; strings.Join(c.saw, " ") != want {
		t.Errorf("client saw %v, want %s", c.saw, want)
	}
	if log := closeLink(t, l)[0]; log.Reset != results.ByDevice {
		t.Errorf("log: reset by %q, want the device", log.Reset)
	}
}

func TestSlowCloseDelaysTheFINAndNothingElse(t *testing.T) {
	const late = 80 * time.Millisecond
	closed := make(chan time.Time, 1)
	l := openLink(t, startDevice(t, func(c *net.TCPConn) {
		io.WriteString(c, "hello")
		closed <- time.Now()
	}), toxic("slow_close", faults.Downstream, map[string]int64{"delay": late.Milliseconds()}))
	c := call(t, l.Addr(), nil)
	defer c.Close()
	c.take("hello")
	c.drain()
	if took := time.Since(<-closed); took < late || c.saw[0] != `"", EOF` {
		t.Errorf("client saw %v after %v; want EOF after at least %v", c.saw, took, late)
	}
}

func TestCuttingToxicsEndTheConnection(t *testing.T) {
	for _, row := range []struct {
		kind       string
		stream     faults.Stream
		wantClient string
		wantDevice string
		reset      results.Origin
		cause      string
	}{
		{"timeout", faults.Downstream, `"", EOF`, all + "EOF", "", ""},
		{"timeout", faults.Upstream, `"", EOF`, none + "EOF", "", ""},
		{"reset_peer", faults.Downstream, `"", ECONNRESET`, all + "ECONNRESET", results.ByLink, "reset-before-response"},
		{"reset_peer", faults.Upstream, `"", ECONNRESET`, none + "ECONNRESET", results.ByLink, "reset-before-response"},
		{"limit_data", faults.Downstream, fmt.Sprintf("%q, EOF", (answer + answer)[:60]), fmt.Sprintf("2 requests in %d bytes, EOF", 2*len(request("0-0"))), "", ""},
		{"limit_data", faults.Upstream, `"", EOF`, "0 requests in 60 bytes, ", "", ""},
	} {
		t.Run(row.kind+" "+string(row.stream), func(t *testing.T) {
			t.Parallel()
			got := make(chan string, 1)
			l := openLink(t, startDevice(t, answering(got, false)), toxic(row.kind, row.stream, cutters[row.kind]))
			c := call(t, l.Addr(), nil)
			if row.kind == "limit_data" && row.stream == faults.Downstream {
				c.say(request("0-0"))
			}
			c.say(request("0-1"))
			c.drain()
			c.Close()
			if c.saw[0] != row.wantClient {
				t.Errorf("client saw %v, want %s", c.saw, row.wantClient)
			}
			if s := <-got; !strings.HasPrefix(s, row.wantDevice) {
				t.Errorf("device got %s, want %s", s, row.wantDevice)
			}
			if log := closeLink(t, l)[0]; log.First != results.ByLink || log.Reset != row.reset || log.Cause != row.cause || log.Injected != row.kind {
				t.Errorf("log: %+v; want first the link, reset by %q, cause %q, injected %q", log, row.reset, row.cause, row.kind)
			}
		})
	}
}

// A toxic that was there and had nothing to do is not what ended a connection.
func TestToxicThatDidNothingIsNotBlamed(t *testing.T) {
	for kind, attributes := range map[string]map[string]int64{
		"limit_data": {"bytes": int64(len(answer)) + 1},
		"timeout":    {"timeout": 3_600_000},
		"reset_peer": {"timeout": 3_600_000},
	} {
		t.Run(kind, func(t *testing.T) {
			l := openLink(t, startDevice(t, func(c *net.TCPConn) {
				if kind == "limit_data" {
					io.WriteString(c, answer)
				}
			}), toxic(kind, faults.Downstream, attributes))
			c := call(t, l.Addr(), nil)
			c.drain()
			c.Close()
			want := `"", EOF`
			if kind == "limit_data" {
				want = fmt.Sprintf("%q, EOF", answer)
			}
			if log := closeLink(t, l)[0]; c.saw[0] != want || log.First != results.ByDevice || log.Injected != "" {
				t.Errorf("client saw %v; log: first %q, injected %q; want %s, the device, none", c.saw, log.First, log.Injected, want)
			}
		})
	}
}

// Which connections get a toxic is drawn from the seed and the connection's
// number alone.
func TestToxicityIsSeeded(t *testing.T) {
	const calls = 40
	draw := func(seed uint64) (struck []int) {
		f := toxic("limit_data", faults.Downstream, map[string]int64{"bytes": 1})
		f.Toxic.Toxicity = 0.5
		l, err := Open(Config{Device: startDevice(t, func(c *net.TCPConn) { io.WriteString(c, "hello") }), Faults: []faults.Fault{f}, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		for range calls {
			c := call(t, l.Addr(), nil)
			c.drain()
			c.Close()
		}
		for _, c := range closeLink(t, l) {
			if c.Injected == "limit_data" {
				struck = append(struck, c.Number)
			}
		}
		return struck
	}
	first, again, other := draw(1), draw(1), draw(2)
	if !slices.Equal(first, again) {
		t.Errorf("the same seed struck %v, then %v", first, again)
	}
	if slices.Equal(first, other) {
		t.Errorf("another seed struck the same connections %v", first)
	}
	if len(first) == 0 || len(first) == calls {
		t.Errorf("a toxicity of 50%% struck %d of %d connections", len(first), calls)
	}
}

// Whatever the toxic, and however long it waits, a connection that is over
// leaves nothing of it behind, and keeps nobody waiting.
func TestToxicsDoNotOutliveTheirConnection(t *testing.T) {
	for kind, attributes := range map[string]map[string]int64{
		"latency":    {"latency": 3_600_000},
		"bandwidth":  {"rate": 1},
		"slow_close": {"delay": 3_600_000},
		"slicer":     {"average_size": 10, "delay": 60_000_000},
		"timeout":    {"timeout": 3_600_000},
		"reset_peer": {"timeout": 3_600_000},
		"limit_data": {"bytes": 100_000},
	} {
		for _, stream := range []faults.Stream{faults.Upstream, faults.Downstream} {
			for name, leave := range map[string]func(*Link, *side){
				"the client aborts":  func(_ *Link, c *side) { c.reset() },
				"the link is closed": func(l *Link, _ *side) { l.Close(past()) },
			} {
				t.Run(kind+" "+string(stream)+", "+name, func(t *testing.T) {
					before := goleak.IgnoreCurrent()
					streaming := make(chan struct{})
					device := startDevice(t, func(c *net.TCPConn) {
						go io.Copy(io.Discard, c)
						for n := 0; ; n++ {
							if _, err := io.WriteString(c, bulk(32<<10)); err != nil {
								return
							}
							if n == 1 {
								close(streaming)
							}
						}
					})
					l := openLink(t, device, toxic(kind, stream, attributes))
					c := call(t, l.Addr(), nil)
					c.say(bulk(1 << 10))
					<-streaming
					leave(l, c)
					c.Close()
					l.Close(past())
					if err := goleak.Find(before, goleak.IgnoreAnyFunction("rstorm/link.startDevice.func1")); err != nil {
						t.Error(err)
					}
				})
			}
		}
	}
}
