//go:build unix

package clients

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"

	"rstorm/results"
)

const benchAnswer = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Command-Id: 0-0\r\nContent-Length: 25\r\n\r\n{\"state\":\"on\",\"level\":42}"

// echo is the least server that speaks HTTP: it answers every empty line.
func echo(b *testing.B) Network {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				buf, text := make([]byte, 4096), []byte(benchAnswer)
				for {
					n, err := conn.Read(buf)
					if err != nil {
						return
					}
					if bytes.HasSuffix(buf[:n], []byte("\r\n\r\n")) {
						conn.Write(text)
					}
				}
			}()
		}
	}()
	addr := listener.Addr().String()
	var d net.Dialer
	return Network{Host: addr, Dialer: NewDialer(func(ctx context.Context) (net.Conn, error) { return d.DialContext(ctx, "tcp", addr) })}
}

// cpu is the processor time of this process, the server's included.
func cpu() time.Duration {
	var u syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// measure reports processor time and allocations beside the time.
func measure(b *testing.B, once func() error) {
	b.ReportAllocs()
	if err := once(); err != nil {
		b.Fatal(err)
	}
	began := cpu()
	for b.Loop() {
		if err := once(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(cpu()-began)/float64(b.N), "cpu-ns/op")
}

// BenchmarkCommand compares a strategy's cost per command with that of the
// barest loop over a connection, which verifies nothing and records nothing.
func BenchmarkCommand(b *testing.B) {
	get := results.Command{Method: "GET", Target: "/query/state?command=0-0"}
	for _, bb := range []struct {
		name string
		use  Strategy
	}{
		{"naive", kind(b, "naive")}, {"go-default", GoDefault{}}, {"close", kind(b, "close")}, {"refresh", kind(b, "refresh")},
	} {
		b.Run(bb.name, func(b *testing.B) {
			ctx, cancel := context.WithTimeout(b.Context(), time.Hour)
			defer cancel()
			c := bb.use.Client(echo(b))
			defer c.Close()
			measure(b, func() error { return c.Do(ctx, get).Err })
		})
	}
	text := []byte("GET /query/state?command=0-0 HTTP/1.1\r\nHost: 127.0.0.1:12345\r\nX-Command-Id: 0-0\r\n\r\n")
	buf := make([]byte, 4096)
	exchange := func(conn net.Conn) error {
		if _, err := conn.Write(text); err != nil {
			return err
		}
		_, err := io.ReadAtLeast(conn, buf, len(benchAnswer))
		return err
	}
	b.Run("bare", func(b *testing.B) {
		conn, err := echo(b).Dialer.dial(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		defer conn.Close()
		measure(b, func() error { return exchange(conn) })
	})
	b.Run("bare, a connection each", func(b *testing.B) {
		d := echo(b).Dialer
		measure(b, func() error {
			conn, err := d.dial(b.Context())
			if err != nil {
				return err
			}
			defer conn.Close()
			return exchange(conn)
		})
	})
}

// BenchmarkHead shows what our own parser of answers is for.
func BenchmarkHead(b *testing.B) {
	b.Run("ours", func(b *testing.B) {
		a, r := newAnswer(), strings.NewReader(benchAnswer)
		phase := results.PhaseWait
		measure(b, func() error {
			r.Reset(benchAnswer)
			a.reset(r)
			return a.read("GET", []byte("0-0"), &phase)
		})
	})
	b.Run("net/http", func(b *testing.B) {
		r, br := strings.NewReader(benchAnswer), bufio.NewReader(nil)
		measure(b, func() error {
			r.Reset(benchAnswer)
			br.Reset(r)
			resp, err := http.ReadResponse(br, nil)
			if err == nil {
				_, err = io.Copy(io.Discard, resp.Body)
			}
			return err
		})
	})
}

// BenchmarkProtocol compares the protocols against servers of net/http, whose
// cost is counted too.
func BenchmarkProtocol(b *testing.B) {
	get := results.Command{Method: "GET", Target: "/query/state?command=0-0"}
	for _, protocol := range []results.Protocol{results.HTTP, results.HTTPS, results.H2, results.H2C} {
		for _, name := range []string{"naive", "close", "go-default"} {
			b.Run(string(protocol)+"/"+name, func(b *testing.B) {
				ctx, cancel := context.WithTimeout(b.Context(), time.Hour)
				defer cancel()
				n, seen := standard(b, protocol)
				c := kind(b, name).Client(n)
				defer c.Close()
				measure(b, func() error {
					err := c.Do(ctx, get).Err
					<-seen
					return err
				})
			})
		}
	}
}
