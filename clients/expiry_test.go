package clients

import (
	"fmt"
	"io"
	"net"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// promising answers every request; the nth answer on a connection, from 1, says
// what keepAlive makes of it, if that is not empty.
func promising(keepAlive func(n int) string) Network {
	return pipes(func(far net.Conn) {
		buf := make([]byte, 4096)
		for n := 1; ; n++ {
			if _, err := far.Read(buf); err != nil {
				return
			}
			field := ""
			if text := keepAlive(n); text != "" {
				field = "Keep-Alive: " + text + "\r\n"
			}
			io.WriteString(far, "HTTP/1.1 200 OK\r\n"+field+"Content-Length: 2\r\n\r\nok")
		}
	})
}

func always(text string) func(int) string { return func(int) string { return text } }

// A connection that has rested for as long as it may is not used again.
func TestARestEnds(t *testing.T) {
	for _, tt := range []struct {
		name      string
		settings  Raw
		keepAlive string
		rest      time.Duration
		want      string
	}{
		{"no limit", Raw{}, "timeout=5", time.Hour, second},
		{"within idle", Raw{Idle: time.Second}, "", 999 * time.Millisecond, second},
		{"after idle", Raw{Idle: time.Second}, "", time.Second, anew},
		{"idle, whatever is promised", Raw{Idle: time.Second}, "timeout=60", time.Second, anew},
		{"within the hint", Raw{Hint: true}, "timeout=5", 4999 * time.Millisecond, second},
		{"after the hint", Raw{Hint: true}, "timeout=5", 5 * time.Second, anew},
		{"within the margin", Raw{Hint: true, Margin: time.Second}, "timeout=5", 4 * time.Second, anew},
		{"before the margin", Raw{Hint: true, Margin: time.Second}, "timeout=5", 3999 * time.Millisecond, second},
		{"nothing is left of it", Raw{Hint: true, Margin: 5 * time.Second}, "timeout=5", 0, anew},
		{"timeout=0", Raw{Hint: true}, "timeout=0", 0, anew},
		{"the shorter of both", Raw{Hint: true, Idle: time.Minute}, "timeout=5", 5 * time.Second, anew},
		{"in any words", Raw{Hint: true}, `max=9 , foo, x="y",  TimeOut = "5" `, 5 * time.Second, anew},
		{"what can't be read", Raw{Hint: true}, "timeout=soon, timeout=-1, max=x, =,", time.Hour, second},
		{"no promise", Raw{Hint: true}, "", time.Hour, second},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := tt.settings.Client(promising(always(tt.keepAlive)))
				defer c.Close()
				expect(t, do(t, c, command("PUT", 0)), first)
				time.Sleep(tt.rest)
				expect(t, do(t, c, command("PUT", 1)), tt.want)
			})
		})
	}
}

// A max is how many requests a connection may carry in all; where it falls with
// every answer, how many are left.
func TestAQuotaIsKept(t *testing.T) {
	for _, tt := range []struct {
		name      string
		hint      bool
		keepAlive func(n int) string
		want      []string // for five commands: the connection and the exchange of each
	}{
		{"in all", true, always("timeout=5, max=2"), []string{"1/1", "1/2", "2/1", "2/2", "3/1"}},
		{"one only", true, always("max=1"), []string{"1/1", "2/1", "3/1", "4/1", "5/1"}},
		{"counted down", true, func(n int) string { return fmt.Sprintf("max=%d", 4-n) }, []string{"1/1", "1/2", "1/3", "2/1", "2/2"}},
		{"cut short", true, func(n int) string { return []string{"max=100", "max=1", "max=0"}[min(n, 3)-1] }, []string{"1/1", "1/2", "1/3", "2/1", "2/2"}},
		{"said once", true, func(n int) string { return []string{"max=3", ""}[min(n, 2)-1] }, []string{"1/1", "1/2", "1/3", "2/1", "2/2"}},
		{"not obeyed", false, always("max=1"), []string{"1/1", "1/2", "1/3", "1/4", "1/5"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c := Raw{Hint: tt.hint}.Client(promising(tt.keepAlive))
				defer c.Close()
				for seq, want := range tt.want {
					expect(t, do(t, c, command("PUT", uint32(seq))), "ok 200: done "+want+" ok")
				}
			})
		})
	}
}

// A connection that rests behind another that is used again and again is closed
// too, once its time is over.
func TestWhatRestsBehindOthersEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var open atomic.Int32
		n := pipes(func(far net.Conn) {
			open.Add(1)
			defer open.Add(-1)
			for buf := make([]byte, 4096); ; {
				if _, err := far.Read(buf); err != nil {
					return
				}
				time.Sleep(time.Millisecond)
				io.WriteString(far, whole)
			}
		})
		c := Raw{Idle: time.Second}.Client(n)
		defer c.Close()
		together(t, c, commands("PUT", 0, 2)...)
		synctest.Wait()
		if got := open.Load(); got != 2 {
			t.Fatalf("%d connections are open, want 2", got)
		}
		for range 3 {
			time.Sleep(500 * time.Millisecond)
			do(t, c, command("PUT", 2))
		}
		synctest.Wait()
		if got := open.Load(); got != 1 {
			t.Errorf("%d connections are open, want 1", got)
		}
	})
}
