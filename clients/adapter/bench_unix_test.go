//go:build unix

package adapter

import (
	"slices"
	"testing"
	"time"
)

// What the protocol itself costs, with an adapter that sends nothing.
func BenchmarkResults(b *testing.B) {
	for _, report := range []string{"batch", "stream"} {
		b.Run(report, func(b *testing.B) {
			p, err := Start(b.Context(), as("honest"), enough)
			if err != nil {
				b.Fatal(err)
			}
			defer p.Close()
			if err := p.Init(b.Context(), Init{}); err != nil {
				b.Fatal(err)
			}
			if _, err := p.Sync(b.Context()); err != nil {
				b.Fatal(err)
			}
			const each = 1000
			run := Run{Report: report, Commands: gets(slices.Repeat([]string{"/put/ctrl"}, each)...)}
			began, all := time.Now(), 0
			b.ReportAllocs()
			for b.Loop() {
				if len(p.runs) < 2 {
					if err := p.Send(b.Context(), run, enough); err != nil {
						b.Fatal(err)
					}
				}
				for done := false; !done; all++ {
					r, err := p.Next(b.Context())
					if err != nil {
						b.Fatal(err)
					}
					done = r == nil
				}
			}
			b.ReportMetric(float64(all)/time.Since(began).Seconds(), "results/s")
		})
	}
}

func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		p, err := Start(b.Context(), as("honest"), enough)
		if err != nil {
			b.Fatal(err)
		}
		p.Close()
	}
}
