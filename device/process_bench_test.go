package device

import "testing"

// What the pipe to the process above costs shows against
// BenchmarkKeepAliveExchange.
func BenchmarkKeepAliveExchangeWithAProcess(b *testing.B) {
	p, err := Spawn(b.Context(), Config{}, child("device"))
	if err != nil {
		b.Fatal(err)
	}
	defer p.Close()
	b.ReportAllocs()
	exchange(b, p.Addr())
}
