package runner

import (
	"cmp"
	"runtime"

	"rstorm/kernel"
	"rstorm/results"
)

func (r *Runner) environment() results.Environment {
	return results.Environment{
		Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH, Kernel: kernelRelease(),
		CPUs: runtime.NumCPU(), Root: kernel.Root(), Isolated: r.Isolated,
		Link:   cmp.Or(r.Toxiproxy, "embedded"),
		Target: cmp.Or(r.Target.URL(), "embedded"),
	}
}

// URL is the target as a user writes it; empty if there is none.
func (t Target) URL() string {
	if t.Address == "" {
		return ""
	}
	scheme := results.HTTP.Scheme()
	if t.TLS != nil {
		scheme = results.HTTPS.Scheme()
	}
	return scheme + "://" + t.Host + t.Prefix
}

// limits lists what this run can't know, for the reader of its report.
func (r *Runner) limits() []string {
	notes := []string{}
	if r.Toxiproxy != "" {
		notes = append(notes, "The link is a stock Toxiproxy: it turns a device's RST into a FIN, so device resets are not observable through it. "+
			"Resets on the link, connections and TIME_WAIT are unknown, and toxicity is drawn by the server without a seed.")
	}
	if r.Target != (Target{}) {
		notes = append(notes, "The device is a real one: it keeps no ledger for us, so what it executed (lost, duplicates, ghosts) is unknown, and the scenarios' device profiles were not played.")
	}
	return notes
}
