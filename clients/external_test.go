package clients

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"rstorm/clients/adapter"
	"rstorm/results"
)

// A stand is a device for external clients that notes what it received.
type stand struct {
	*httptest.Server
	mu  sync.Mutex
	ids []string
	at  []time.Time
}

func newStand(t *testing.T, answer http.HandlerFunc) *stand {
	s := &stand{}
	s.Server = httptest.NewServer(s.noting(answer))
	t.Cleanup(s.Close)
	return s
}

func (s *stand) noting(answer http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		s.ids, s.at = append(s.ids, r.Header.Get(results.IDHeader)), append(s.at, time.Now())
		s.mu.Unlock()
		answer(w, r)
	}
}

func (s *stand) seen() ([]string, []time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.ids), slices.Clone(s.at)
}

func fine(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	fmt.Fprintf(w, "%s %s %s", r.Method, r.RequestURI, body)
}

// A load is a schedule and what was told of it.
type load struct {
	Schedule
	drawn int
	told  []Told
}

func newLoad(n int) *load {
	l := &load{}
	l.Schedule = Schedule{Commands: n, Epoch: time.Now(), Concurrency: 1, Timeout: giveUp, Constant: true,
		Next: func() results.Command {
			id := results.CommandID{Client: 3, Seq: uint32(l.drawn)}
			l.drawn++
			return results.Command{ID: id, Method: "PUT", Target: "/put/ctrl?command=" + id.String(), Body: []byte("on")}
		},
		Gap:  func() time.Duration { return 0 },
		Tell: func(t Told) { l.told = append(l.told, t) },
	}
	return l
}

func network(t *testing.T, s *stand) Network {
	pool := &adapter.Pool{}
	t.Cleanup(func() { pool.Close() })
	return Network{Address: strings.TrimPrefix(s.URL, "http://"), Adapters: pool}
}

func scheduled(t *testing.T, e External, n Network) Scheduled {
	t.Helper()
	client, ok := e.Client(n).(Scheduled)
	if !ok {
		t.Fatal("it does not send by itself")
	}
	t.Cleanup(client.Close)
	return client
}

// whole fails unless every command that was handed out was told, once.
func (l *load) whole(t *testing.T) {
	t.Helper()
	seen := map[results.CommandID]bool{}
	for _, told := range l.told {
		if seen[told.ID] || told.Done < told.Sent {
			t.Errorf("%+v", told)
		}
		seen[told.ID] = true
	}
	if len(seen) != l.drawn || l.Commands > 0 && l.drawn != l.Commands {
		t.Errorf("%d of %d commands were told, of %d", len(seen), l.drawn, l.Commands)
	}
}

func TestAnExternalClientCarriesALoadAndTellsEveryCommand(t *testing.T) {
	for _, report := range []Reporting{Batch, Stream} {
		s := newStand(t, fine)
		n := network(t, s)
		for trial := range 2 {
			client, l := scheduled(t, External{Command: like("whole"), Report: report}, n), newLoad(50)
			if err := client.Play(t.Context(), l.Schedule); err != nil {
				t.Fatal(err)
			}
			l.whole(t)
			for i, told := range l.told {
				body := fmt.Sprintf("PUT /put/ctrl?command=3-%d on", i)
				sum := sha256.Sum256([]byte(body))
				if told.Outcome != results.OK || told.Status != 200 || told.Size != int64(len(body)) || told.SHA256 != hex.EncodeToString(sum[:]) || told.Err != "" {
					t.Fatalf("%+v", told)
				}
			}
			about := client.About()
			if about.Name != "life" || about.Profile != "keep" || about.ClockError <= 0 || (about.Startup > 0) != (trial == 0) || about.Broke != "" || about.Errors == nil {
				t.Errorf("%+v", about)
			}
		}
		ids, _ := s.seen()
		if len(ids) != 100 || ids[0] != "3-0" || ids[99] != "3-49" {
			t.Errorf("the device saw %v", ids)
		}
	}
}

func TestPausesAreKeptWhetherTheyDifferOrNot(t *testing.T) {
	gaps := []time.Duration{20 * time.Millisecond, time.Millisecond, 30 * time.Millisecond, 0}
	s := newStand(t, fine)
	l, drawn := newLoad(len(gaps)), 0
	l.Constant = false
	l.Gap = func() time.Duration { drawn++; return gaps[drawn-1] }
	if err := scheduled(t, External{Command: like("whole")}, network(t, s)).Play(t.Context(), l.Schedule); err != nil {
		t.Fatal(err)
	}
	l.whole(t)
	for i, gap := range gaps[:3] {
		if pause := l.told[i+1].Sent - l.told[i].Done; pause < gap {
			t.Errorf("%v after command %d, want %v", pause, i, gap)
		}
	}
}

func TestAnOpenLoopIsSentWhenItIsDue(t *testing.T) {
	s := newStand(t, fine)
	l := newLoad(0)
	l.Ready, l.Duration, l.Gap, l.Concurrency = 100*time.Millisecond, 50*time.Millisecond, nil, 4
	l.Due = func(seq int) time.Duration { return l.Ready + time.Duration(seq)*10*time.Millisecond }
	if err := scheduled(t, External{Command: like("whole")}, network(t, s)).Play(t.Context(), l.Schedule); err != nil {
		t.Fatal(err)
	}
	l.whole(t)
	if l.drawn != 5 {
		t.Errorf("%d commands", l.drawn)
	}
	for _, told := range l.told {
		if due := l.Due(int(told.ID.Seq)); told.Sent < due-apart {
			t.Errorf("%v was sent at %v, due at %v", told.ID, told.Sent, due)
		}
	}
}

// apart is what clocks may be apart.
const apart = 2 * time.Millisecond

func TestALoadThatIsBoundedByTimeEndsWithWhatItHandedOut(t *testing.T) {
	s := newStand(t, fine)
	for _, lanes := range []int{1, 4} {
		l := newLoad(0)
		l.Duration, l.Concurrency = 300*time.Millisecond, lanes
		if err := scheduled(t, External{Command: like("whole")}, network(t, s)).Play(t.Context(), l.Schedule); err != nil {
			t.Fatal(err)
		}
		l.whole(t)
		if l.drawn < 2*lanes {
			t.Errorf("%d commands", l.drawn)
		}
	}
}

func TestWhatWentWrongIsToldInTheClientsWords(t *testing.T) {
	s := newStand(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.RawQuery, "-1") {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(http.StatusServiceUnavailable)
	})
	client, l := scheduled(t, External{Command: like("whole")}, network(t, s)), newLoad(3)
	if err := client.Play(t.Context(), l.Schedule); err != nil {
		t.Fatal(err)
	}
	l.whole(t)
	for _, i := range []int{0, 2} {
		if l.told[i].Outcome != results.Rejected || l.told[i].Status != 503 || l.told[i].Err != "" {
			t.Errorf("%+v", l.told[i])
		}
	}
	const want = `*url.Error [EODD]: Put "http://`
	if e := l.told[1].Err; !strings.HasPrefix(e, want) || !strings.HasSuffix(e, "EOF; caused by the first; caused by the second") || l.told[1].Size != -1 {
		t.Errorf("got %+v", l.told[1])
	}
	about := client.About()
	if len(about.Errors) != 1 || about.Errors[0].Count != 1 || !strings.Contains(about.Errors[0].Text, `Put "http://ADDRESS/put`) {
		t.Errorf("%+v", about.Errors)
	}
}

// Nobody has to say how an adapter reports that can do it in one way only.
func TestAnAdapterThatOnlyStreamsIsAskedTo(t *testing.T) {
	s := newStand(t, fine)
	n, e := network(t, s), External{Command: like("streams")}
	d := Demand{Clients: 1, Concurrency: 1, Constant: true}
	if err := e.Able(t.Context(), n, d); err != nil {
		t.Fatal(err)
	}
	l := newLoad(5)
	if err := scheduled(t, e, n).Play(t.Context(), l.Schedule); err != nil {
		t.Fatal(err)
	}
	l.whole(t)
	e.Report = Batch
	if err := e.Able(t.Context(), n, d); err == nil || !strings.Contains(err.Error(), "report: stream") {
		t.Errorf("got %v", err)
	}
}

func TestAnExternalClientThatBreaksEndsItsOwnTrialOnly(t *testing.T) {
	s := newStand(t, fine)
	n := network(t, s)
	for _, tt := range []struct {
		life string
		kind adapter.Kind
	}{{"dies later", adapter.Exited}, {"says too much", adapter.UnknownRun}} {
		client, l := scheduled(t, External{Command: like(tt.life)}, n), newLoad(30)
		l.Timeout = 3 * time.Second // ten commands a run
		err := client.Play(t.Context(), l.Schedule)
		if !errors.Is(err, &adapter.Failure{Kind: tt.kind}) {
			t.Errorf("%s: got %v", tt.life, err)
		}
		about := client.About()
		if about.Broke == "" || about.Name != "life" || tt.life == "dies later" && !strings.HasPrefix(about.Stderr, "segmentation fault") {
			t.Errorf("%+v", about)
		}
		if n := len(l.told); n == 0 || tt.life == "dies later" && n >= 30 {
			t.Errorf("%s: %d commands were told", tt.life, n)
		}
		l = newLoad(5)
		if err := scheduled(t, External{Command: like("whole")}, n).Play(t.Context(), l.Schedule); err != nil {
			t.Error(err)
		}
		l.whole(t)
	}
}

func TestAClientThatWasPreparedPlaysAtOnceOrEndsItsProcess(t *testing.T) {
	n := network(t, newStand(t, fine))
	client := scheduled(t, External{Command: like("whole")}, n)
	preparer, ok := client.(Preparer)
	if !ok {
		t.Fatal("it can't be prepared")
	}
	if err := preparer.Prepare(t.Context(), giveUp); err != nil {
		t.Fatal(err)
	}
	l := newLoad(3)
	if err := client.Play(t.Context(), l.Schedule); err != nil {
		t.Fatal(err)
	}
	l.whole(t)
	unused := External{Command: like("whole")}.Client(n).(Preparer)
	if err := unused.Prepare(t.Context(), giveUp); err != nil {
		t.Fatal(err)
	}
	unused.Close()
	never := External{Command: []string{"no-such-program-here"}}.Client(n).(Preparer)
	before := never.Prepare(t.Context(), giveUp)
	if err := never.Play(t.Context(), newLoad(1).Schedule); err == nil || err != before {
		t.Errorf("got %v, then %v", before, err)
	}
}

func TestTheEndOfTheContextEndsAnExternalClient(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	s := newStand(t, func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body) // else its end is not seen
		cancel()
		<-r.Context().Done()
	})
	l := newLoad(5)
	if err := scheduled(t, External{Command: like("whole")}, network(t, s)).Play(ctx, l.Schedule); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestAnExternalClientTrustsTheDevice(t *testing.T) {
	s := &stand{}
	s.Server = httptest.NewTLSServer(s.noting(fine))
	t.Cleanup(s.Close)
	n := network(t, s)
	n.Address, n.Protocol = strings.TrimPrefix(s.URL, "https://"), results.HTTPS
	folder := t.TempDir()
	t.Setenv("TMPDIR", folder)
	for _, trusted := range []bool{true, false} {
		if n.CA = nil; trusted {
			n.CA = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
		}
		l := newLoad(3)
		if err := scheduled(t, External{Command: like("whole")}, n).Play(t.Context(), l.Schedule); err != nil {
			t.Fatal(err)
		}
		for _, told := range l.told {
			if (told.Outcome == results.OK) != trusted {
				t.Errorf("%+v", told)
			}
		}
	}
	if left, _ := filepath.Glob(filepath.Join(folder, "*")); len(left) > 0 {
		t.Errorf("%v were left", left)
	}
}

// A client without a limit of its own succeeds at all that one which keeps the
// timeout gives up.
func TestAClientThatNeverGivesUpGainsNothingByIt(t *testing.T) {
	s := newStand(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		timer := time.NewTimer(200 * time.Millisecond)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-r.Context().Done():
		}
		w.Write(body)
	})
	for _, report := range []Reporting{Batch, Stream} {
		client, l := scheduled(t, External{Command: like("never gives up"), Report: report}, network(t, s)), newLoad(3)
		l.Timeout = 50 * time.Millisecond
		if err := client.Play(t.Context(), l.Schedule); err != nil {
			t.Fatal(err)
		}
		l.whole(t)
		for _, told := range l.told {
			if told.Outcome != results.TimedOut || !strings.Contains(told.Err, "late: its timeout is 50 ms") {
				t.Errorf("%+v", told)
			}
		}
		if about := client.About(); len(about.Errors) != 1 || about.Errors[0].Count != 3 {
			t.Errorf("%+v", about.Errors)
		}
	}
}
