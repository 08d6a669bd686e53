package runner

import (
	"os"
	"strings"

	"rstorm/results"
)

// readKernel reads the counters of this network namespace; nil if it can't.
func readKernel() *results.Kernel {
	f, err := os.Open("/proc/self/net/snmp")
	if err != nil {
		return nil
	}
	defer f.Close()
	return parseKernel(f)
}

// kernelRelease is the kernel's release; empty if it is unknown.
func kernelRelease() string {
	text, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(text))
}
