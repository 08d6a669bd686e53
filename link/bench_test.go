package link

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	toxiproxy "github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"rstorm/faults"
)

// ways are the ways to a device that are compared.
var ways = []struct {
	name string
	open func(*testing.B, string) string
}{
	{"direct", func(_ *testing.B, device string) string { return device }},
	{"link", func(b *testing.B, device string) string { return openLink(b, device).Addr() }},
	{"link with a toxic", func(b *testing.B, device string) string {
		return openLink(b, device, toxic("latency", faults.Downstream, map[string]int64{"latency": 0})).Addr()
	}},
	{"stock Toxiproxy", func(b *testing.B, device string) string {
		server := toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
		proxy := toxiproxy.NewProxy(server, "stock", "127.0.0.1:0", device)
		if err := proxy.Start(); err != nil {
			b.Fatal(err)
		}
		b.Cleanup(proxy.Stop)
		return proxy.Listen
	}},
}

// quick answers every request that is one write, without looking at it.
func quick(c *net.TCPConn) {
	buf := make([]byte, 4<<10)
	for {
		if _, err := c.Read(buf); err != nil {
			return
		}
		if _, err := io.WriteString(c, answer); err != nil {
			return
		}
	}
}

func command(b *testing.B, c net.Conn, r *bufio.Reader) {
	_, err := io.WriteString(c, request("0-0"))
	if err == nil {
		_, err = r.Discard(len(answer))
	}
	if err != nil {
		b.Fatal(err)
	}
}

func BenchmarkKeepAlive(b *testing.B) {
	for _, way := range ways {
		b.Run(way.name, func(b *testing.B) {
			c, err := net.Dial("tcp", way.open(b, startDevice(b, quick)))
			if err != nil {
				b.Fatal(err)
			}
			defer c.Close()
			r := bufio.NewReader(c)
			b.ReportAllocs()
			for b.Loop() {
				command(b, c, r)
			}
		})
	}
}

func BenchmarkConnectionPerCommand(b *testing.B) {
	for _, way := range ways {
		b.Run(way.name, func(b *testing.B) {
			address := way.open(b, startDevice(b, quick))
			r := bufio.NewReader(nil)
			b.ReportAllocs()
			for b.Loop() {
				c, err := net.Dial("tcp", address)
				if err != nil {
					b.Fatal(err)
				}
				r.Reset(c)
				command(b, c, r)
				c.Close()
			}
		})
	}
}

func BenchmarkBulk(b *testing.B) {
	const size = 64 << 20
	body := strings.NewReader(strings.Repeat("x", size))
	for _, way := range ways {
		b.Run(way.name, func(b *testing.B) {
			address := way.open(b, startDevice(b, func(c *net.TCPConn) {
				r := bufio.NewReader(c)
				for {
					if _, err := http.ReadRequest(r); err != nil {
						return
					}
					io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 67108864\r\n\r\n")
					io.Copy(c, io.NewSectionReader(body, 0, size))
				}
			}))
			c, err := net.Dial("tcp", address)
			if err != nil {
				b.Fatal(err)
			}
			defer c.Close()
			r := bufio.NewReaderSize(c, 64<<10)
			b.SetBytes(size)
			for b.Loop() {
				io.WriteString(c, "GET / HTTP/1.1\r\nHost: device\r\n\r\n")
				res, err := http.ReadResponse(r, nil)
				if err != nil {
					b.Fatal(err)
				}
				if n, err := io.Copy(io.Discard, res.Body); n != size || err != nil {
					b.Fatal(n, err)
				}
			}
		})
	}
}
