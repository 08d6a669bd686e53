package packet

import (
	"io"
	"testing"
	"time"

	"rstorm/faults"
)

// never is a fault that is drawn for every packet and strikes none.
func never() faults.Fault {
	zero := faults.Probability(0)
	return faults.Fault{Effect: faults.Drop, Selector: faults.Selector{Probability: &zero}}
}

func BenchmarkRoundTrip(b *testing.B) {
	for name, fs := range map[string][]faults.Fault{"plain": nil, "drawn": {never()}, "held": {both(time.Nanosecond)}} {
		b.Run(name, func(b *testing.B) {
			client, server := connect(b, open(b, fs...))
			client.SetDeadline(time.Time{})
			server.SetDeadline(time.Time{})
			go io.Copy(server, server)
			buffer := make([]byte, 1)
			for b.Loop() {
				if _, err := client.Write(buffer); err != nil {
					b.Fatal(err)
				}
				if _, err := io.ReadFull(client, buffer); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkPackets(b *testing.B) {
	for name, fs := range map[string][]faults.Fault{"plain": nil, "drawn": {never()}, "held": {both(time.Nanosecond)}} {
		b.Run(name, func(b *testing.B) {
			m := open(b, fs...)
			client, server := connect(b, m)
			client.SetDeadline(time.Time{})
			server.SetDeadline(time.Time{})
			go io.Copy(io.Discard, server)
			buffer := make([]byte, 1448) // one segment, or a share of one
			before := m.Counts().Packets
			b.SetBytes(int64(len(buffer)))
			for b.Loop() {
				if _, err := client.Write(buffer); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(m.Counts().Packets-before)/b.Elapsed().Seconds(), "packets/s")
		})
	}
}
