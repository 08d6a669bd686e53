package runner

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"rstorm/clients"
	"rstorm/results"
)

// foreign is a strategy that stands for a client of another process: it sends by
// itself, over net/http, and tells only what such a client would.
type foreign struct {
	unable  error
	breaks  int  // it breaks before it tells of the command with this number; 0 is never
	liar    bool // it says that every body was whole and empty
	silent  bool // it tells neither size nor digest
	rash    bool // it waits for nothing, neither pause nor schedule
	forgets int  // it does not tell of the command with this number, and ends well; 0 is none
	demands *[]clients.Demand
}

func (f foreign) Client(n clients.Network) clients.Client {
	return &foreigner{foreign: f, network: n, http: &http.Transport{DisableCompression: true, TLSClientConfig: n.TLS.Clone()}}
}

func (f foreign) Able(_ context.Context, _ clients.Network, d clients.Demand) error {
	if f.demands != nil {
		*f.demands = append(*f.demands, d)
	}
	return f.unable
}

type foreigner struct {
	foreign
	network clients.Network
	http    *http.Transport
	mu      sync.Mutex
	errors  []results.ErrorText
}

var errTornPipe = errors.New("the adapter exited with status 1\nwhat it said last")

func (f *foreigner) Do(context.Context, results.Command) results.Reply { panic("its Do is not used") }
func (f *foreigner) Close()                                            { f.http.CloseIdleConnections() }

func (f *foreigner) About() results.Client {
	return results.Client{Command: []string{"foreign"}, Profile: "plain", Name: "go", Lib: "net/http", Runtime: "go",
		Startup: time.Millisecond, ClockError: time.Microsecond, Errors: f.errors}
}

// Play sends in as many lanes as the schedule allows.
func (f *foreigner) Play(ctx context.Context, s clients.Schedule) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var taking sync.Mutex
	sent := 0
	next := func() (cmd results.Command, due, gap time.Duration, ok bool) {
		taking.Lock()
		defer taking.Unlock()
		if ctx.Err() != nil || sent == s.Commands {
			return cmd, 0, 0, false
		}
		cmd = s.Next()
		if s.Gap != nil {
			gap = s.Gap()
		} else {
			due = s.Due(sent)
		}
		sent++
		if f.rash {
			due, gap = 0, 0
		}
		return cmd, due, gap, true
	}
	var lanes sync.WaitGroup
	for range s.Concurrency {
		lanes.Go(func() {
			for cmd, due, gap, ok := next(); ok; cmd, due, gap, ok = next() {
				if timers(ctx, due-time.Since(s.Epoch)) != nil {
					return
				}
				told := f.carry(ctx, cmd, &s)
				if f.breaks > 0 && int(cmd.ID.Seq) >= f.breaks {
					stop(errTornPipe)
				}
				if ctx.Err() != nil {
					return
				}
				f.mu.Lock()
				if f.forgets == 0 || int(cmd.ID.Seq) != f.forgets {
					s.Tell(told)
				}
				f.mu.Unlock()
				if timers(ctx, gap) != nil {
					return
				}
			}
		})
	}
	lanes.Wait()
	return context.Cause(ctx)
}

// carry makes one request and reads its answer.
func (f *foreigner) carry(ctx context.Context, cmd results.Command, s *clients.Schedule) (told clients.Told) {
	ctx, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	told = clients.Told{ID: cmd.ID, Sent: time.Since(s.Epoch), Size: -1}
	var body []byte
	req, err := http.NewRequestWithContext(ctx, cmd.Method, f.network.Protocol.Scheme()+"://"+f.network.Address+cmd.Target, strings.NewReader(string(cmd.Body)))
	if err == nil {
		req.Header.Set(results.IDHeader, cmd.ID.String())
		var resp *http.Response
		if resp, err = f.http.RoundTrip(req); err == nil {
			body, err = io.ReadAll(resp.Body)
			err = errors.Join(err, resp.Body.Close())
			told.Status = resp.StatusCode
		}
	}
	told.Done = time.Since(s.Epoch)
	switch {
	case err != nil:
		f.fail(&told, err)
	case told.Status/100 != 2:
		told.Outcome = results.Rejected
	default:
		told.Outcome = results.OK
	}
	sum := sha256.Sum256(body)
	if !f.silent {
		told.Size, told.SHA256 = int64(len(body)), hex.EncodeToString(sum[:])
	}
	if f.liar {
		told.Size, told.SHA256 = 0, ""
	}
	return told
}

// fail tells an error without the addresses in it.
func (f *foreigner) fail(told *clients.Told, err error) {
	text := err.Error()
	if op, ok := errors.AsType[*net.OpError](err); ok {
		text = op.Err.Error()
	}
	told.Outcome, told.Err, told.Errno = results.Classify(err), text, results.Errno(err)
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.errors, func(e results.ErrorText) bool { return e.Text == text })
	if i < 0 {
		f.errors = append(f.errors, results.ErrorText{Text: text, Outcome: told.Outcome, Means: "an error of the test"})
		i = len(f.errors) - 1
	}
	f.errors[i].Count++
}
