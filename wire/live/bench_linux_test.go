package live

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"rstorm/kernel"
	"rstorm/wire"
)

// A crowd exchanges requests and responses on connections that it keeps.
type crowd struct {
	port     uint16
	exchange []func()
}

// A pace is how many exchanges there were in a second of time, and of the
// processors', which is the same if nothing else runs and all are busy.
type pace struct{ wall, cpu float64 }

func (c crowd) pace(each int) pace {
	var wg sync.WaitGroup
	from, used := time.Now(), processors()
	for _, exchange := range c.exchange {
		wg.Go(func() {
			for range each {
				exchange()
			}
		})
	}
	wg.Wait()
	done := float64(each * len(c.exchange))
	return pace{done / time.Since(from).Seconds(), done / (processors() - used).Seconds()}
}

// processors is the time that this process has had of them.
func processors() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// bare exchanges little more than segments.
func bare(b *testing.B) (c crowd) {
	l := listen(b)
	c.port = portOf(l)
	for range 8 {
		client, server := pair(b, l)
		client.SetDeadline(time.Time{})
		server.SetDeadline(time.Time{})
		go io.Copy(server, server)
		b.Cleanup(func() { client.Close() })
		text, got := []byte(strings.Repeat("x", 200)), make([]byte, 200)
		c.exchange = append(c.exchange, func() {
			if _, err := client.Write(text); err != nil {
				b.Error(err)
			}
			if _, err := io.ReadFull(client, got); err != nil {
				b.Error(err)
			}
		})
	}
	return c
}

// web exchanges HTTP/1.
func web(b *testing.B) (c crowd) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"state":"on"}`) }))
	b.Cleanup(s.Close)
	c.port = uint16(s.Listener.Addr().(*net.TCPAddr).Port)
	for range 8 {
		transport := &http.Transport{}
		b.Cleanup(transport.CloseIdleConnections)
		c.exchange = append(c.exchange, func() {
			r, err := (&http.Client{Transport: transport}).Get(s.URL)
			if err != nil {
				b.Error(err)
				return
			}
			io.Copy(io.Discard, r.Body)
			r.Body.Close()
		})
	}
	return c
}

// BenchmarkExchanges takes each mode in turns, and says how many exchanges
// there were in it for one without a capture: the median of all turns.
func BenchmarkExchanges(b *testing.B) {
	needsPrivate(b)
	for name, crowded := range map[string]func(*testing.B) crowd{"bare": bare, "http": web} {
		b.Run(name, func(b *testing.B) {
			c := crowded(b)
			c.pace(1000)
			wall, cpu := map[Mode][]float64{}, map[Mode][]float64{}
			for b.Loop() {
				const each = 500
				before := c.pace(each)
				for _, mode := range []Mode{Control, Full} {
					capture := opened(b, Config{Mode: mode}, c.port)
					during := c.pace(each)
					if err := errors.Join(capture.Flush(b.Context()), capture.Close()); err != nil || capture.Counts().Dropped > 0 {
						b.Fatal(err, capture.Counts())
					}
					after := c.pace(each)
					wall[mode] = append(wall[mode], during.wall/((before.wall+after.wall)/2))
					cpu[mode] = append(cpu[mode], during.cpu/((before.cpu+after.cpu)/2))
					before = after
				}
			}
			for _, mode := range []Mode{Control, Full} {
				b.ReportMetric(median(wall[mode]), fmt.Sprint(mode, "/off"))
				b.ReportMetric(median(cpu[mode]), fmt.Sprint(mode, "/off-cpu"))
			}
		})
	}
}

func median(all []float64) float64 {
	slices.Sort(all)
	return all[len(all)/2]
}

// captured is a packet as the kernel gives it: a request over loopback.
func captured(b testing.TB) *kernel.Packet {
	l := listen(b)
	r := record(b, Config{}, portOf(l))
	client, server := pair(b, l)
	converse(b, client, server)
	for _, s := range r.all(b) {
		if len(s.Payload) > 0 {
			return &kernel.Packet{At: s.At, Interface: s.Interface, Outgoing: true, Length: s.Packet.Length, Data: s.Data}
		}
	}
	b.Fatal("no request was captured")
	return nil
}

func TestHandlingAllocatesNothing(t *testing.T) {
	handled := 0
	c := opened(t, Config{Handle: func(*wire.Packet, *wire.Segment) { handled++ }})
	p := captured(t)
	flush(t, c) // nothing else will come
	if n := testing.AllocsPerRun(1000, func() { c.take(p) }); n != 0 || handled < 1000 {
		t.Errorf("%v allocations for each of %d packets", n, handled)
	}
}

func BenchmarkHandling(b *testing.B) {
	handled := 0
	c := opened(b, Config{Handle: func(*wire.Packet, *wire.Segment) { handled++ }})
	p := captured(b)
	flush(b, c)
	for b.Loop() {
		c.take(p)
	}
}
