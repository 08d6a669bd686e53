package kerneltest

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// OutRsts is how many segments with RST the kernel has sent in this network
// namespace. What was put together by someone else does not count.
func OutRsts(t testing.TB) uint64 {
	t.Helper()
	return Counter(t, "OutRsts")
}

// Counter reads a counter of this network namespace by its name in
// /proc/net/snmp under Tcp (RFC 4022), as in RetransSegs or InCsumErrors, or in
// /proc/net/netstat under TcpExt. It fails the test if there is none.
func Counter(t testing.TB, name string) uint64 {
	t.Helper()
	for _, at := range []struct{ file, protocol string }{{"snmp", "Tcp:"}, {"netstat", "TcpExt:"}} {
		text, err := os.ReadFile("/proc/thread-self/net/" + at.file)
		if err != nil {
			t.Fatal(err)
		}
		if value := find(string(text), at.protocol, name); value != "" {
			v, err := strconv.ParseUint(value, 10, 64)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			return v
		}
	}
	t.Fatalf("the kernel does not count %s", name)
	return 0
}

// find looks a value up: a protocol has a line of names, then one of values.
func find(text, protocol, name string) string {
	var names []string
	for line := range strings.Lines(text) {
		f := strings.Fields(line)
		switch {
		case len(f) == 0 || f[0] != protocol:
		case names == nil:
			names = f
		default:
			if i := slices.Index(names, name); i > 0 && i < len(f) {
				return f[i]
			}
			return ""
		}
	}
	return ""
}
