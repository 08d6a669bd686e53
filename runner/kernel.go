package runner

import (
	"bufio"
	"io"
	"strconv"
	"strings"

	"rstorm/results"
)

// parseKernel reads the reset counters of /proc/net/snmp: a line of names and
// a line of values for each protocol. It returns nil if they are not there.
func parseKernel(r io.Reader) *results.Kernel {
	var names []string
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		f := strings.Fields(lines.Text())
		if len(f) == 0 || f[0] != "Tcp:" {
			continue
		}
		if names == nil {
			names = f
			continue
		}
		var k results.Kernel
		found := 0
		for i, name := range names[:min(len(names), len(f))] {
			v, err := strconv.ParseUint(f[i], 10, 64)
			switch {
			case err != nil:
			case name == "OutRsts":
				k.OutResets, found = v, found+1
			case name == "EstabResets":
				k.EstablishedResets, found = v, found+1
			}
		}
		if found == 2 {
			return &k
		}
		return nil
	}
	return nil
}

// kernelSince is how far the counters moved; nil if either reading is missing.
func kernelSince(after, before *results.Kernel) *results.Kernel {
	if after == nil || before == nil {
		return nil
	}
	return &results.Kernel{OutResets: after.OutResets - before.OutResets,
		EstablishedResets: after.EstablishedResets - before.EstablishedResets}
}
