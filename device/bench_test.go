package device

import (
	"io"
	"net"
	"testing"

	"rstorm/faults"
)

// The client's side of these allocates nothing per exchange, so what is
// reported is the device's.

func BenchmarkKeepAliveExchange(b *testing.B) { exchanges(b, Profile{}) }

func BenchmarkKeepAliveExchangeWithFaultsThatMiss(b *testing.B) {
	exchanges(b, Profile{Faults: []faults.Fault{
		{Effect: faults.Reset, Point: faults.AfterForward, Selector: faults.Selector{Commands: []string{"9-9"}}},
		{Effect: faults.Close, Point: faults.AfterResponse, Selector: faults.Selector{Commands: []string{"9-9"}}},
	}})
}

func exchanges(b *testing.B, p Profile) {
	d, err := Start(Config{Profile: p})
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	b.ReportAllocs()
	exchange(b, d.Addr())
}

// exchange does one after the other on a connection to the device at addr.
func exchange(b *testing.B, addr string) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	request, buffer := []byte(get("0-1")), make([]byte, 4096)
	for b.Loop() {
		if _, err := conn.Write(request); err != nil {
			b.Fatal(err)
		}
		// The device writes an answer in one piece, far smaller than the buffer.
		if n, err := conn.Read(buffer); err != nil || buffer[n-1] != '}' {
			b.Fatalf("%q, %v", buffer[:n], err)
		}
	}
}

func BenchmarkConnectionPerExchange(b *testing.B) {
	d, err := Start(Config{})
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	request := []byte(get("0-1", "Connection: close"))
	b.ReportAllocs()
	for b.Loop() {
		conn, err := net.Dial("tcp", d.Addr())
		if err != nil {
			b.Fatal(err)
		}
		if _, err := conn.Write(request); err != nil {
			b.Fatal(err)
		}
		if _, err := io.Copy(io.Discard, conn); err != nil {
			b.Fatal(err)
		}
		conn.Close()
	}
}
