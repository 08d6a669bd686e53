package main

import (
	"fmt"

	"rstorm/results"
)

// probeOutput finds out before the run whether the report and the packets can be
// written after it.
func (o *runOptions) probeOutput() error {
	for _, file := range []struct{ name, path string }{{"report", o.output}, {"packets", o.pcap}} {
		if file.path == "" {
			continue
		}
		if err := results.Writable(file.path); err != nil {
			return &exit{exitBroken, fmt.Errorf("the %s can't be written: %w", file.name, err), []string{"nothing was sent"}}
		}
	}
	return nil
}
