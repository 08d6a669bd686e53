package runner

import (
	"cmp"
	"errors"
	"runtime"
	"slices"

	"rstorm/faults"
	"rstorm/kernel"
	"rstorm/scenarios"
)

// errNotIsolated is why there is no private network.
var errNotIsolated = errors.New("this is not a private network: --isolate makes one")

// lacking says, for each of the suite's needs that this machine does not meet,
// why. It tries rather than believes: privileges are taken away in many ways.
func (r *Runner) lacking(suite *scenarios.Suite) map[faults.Need]error {
	lacks := map[faults.Need]error{}
	for _, sc := range suite.Scenarios {
		for _, need := range sc.Needs {
			if _, known := lacks[need]; !known {
				lacks[need] = r.try(need)
			}
		}
	}
	return lacks
}

// try reports why need is not met; nil if it is.
func (r *Runner) try(need faults.Need) error {
	switch need {
	case faults.Filter:
		return kernel.CanBlackHole()
	case faults.Admin:
		return kernel.CanForget()
	case faults.Network, faults.Packets:
		if !r.Isolated {
			return cmp.Or(r.Unisolated, errNotIsolated)
		}
		if need == faults.Network {
			return nil
		}
		return kernel.CanTUN()
	}
	if runtime.GOOS != "linux" {
		return errors.ErrUnsupported
	}
	return nil
}

// skip splits the suite into the scenarios that can be played here and the
// reasons, by name, why the others can't.
func (r *Runner) skip(suite *scenarios.Suite) (*scenarios.Suite, map[string]string) {
	lacks, reasons := r.lacking(suite), map[string]string{}
	some := *suite
	some.Scenarios = slices.DeleteFunc(slices.Clone(suite.Scenarios), func(sc scenarios.Scenario) bool {
		for _, need := range sc.Needs {
			if why := lacks[need]; why != nil {
				reasons[sc.Name] = "needs " + string(need) + ": " + why.Error()
			}
		}
		return reasons[sc.Name] != ""
	})
	return &some, reasons
}
