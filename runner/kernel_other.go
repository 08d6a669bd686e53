//go:build !linux

package runner

import "rstorm/results"

// readKernel returns nil: only Linux publishes the counters in a file.
func readKernel() *results.Kernel { return nil }

// kernelRelease is empty: unknown here.
func kernelRelease() string { return "" }
