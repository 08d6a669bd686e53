package scenarios

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"rstorm/faults"
)

// clone is a copy of s that shares nothing with it that a setting can change.
func (s *Scenario) clone() *Scenario {
	c := *s
	c.Device.Faults, c.Link = cloned(s.Device.Faults), cloned(s.Link)
	c.Shows, c.Needs, c.Skipped = slices.Clone(s.Shows), slices.Clone(s.Needs), slices.Clone(s.Skipped)
	c.Load.Mix, c.Strategies, c.Assert = slices.Clone(s.Load.Mix), slices.Clone(s.Strategies), slices.Clone(s.Assert)
	return &c
}

func cloned(fs []faults.Fault) []faults.Fault {
	all := slices.Clone(fs)
	for i := range all {
		if p := all[i].Probability; p != nil {
			all[i].Probability = new(*p)
		}
		if t := all[i].Toxic; t != nil {
			own := *t
			own.Attributes = maps.Clone(t.Attributes)
			if own.Attributes == nil {
				own.Attributes = map[string]int64{}
			}
			all[i].Toxic = &own
		}
	}
	return all
}

// exclude clears what the setting that was changed excludes, and the name of a
// profile that is no longer played.
func (s *Scenario) exclude(path string) {
	switch path {
	case "load.gap":
		s.Load.Rate = 0
	case "load.rate":
		s.Load.Gap = faults.Delay{}
	case "load.commands":
		s.Load.Duration = 0
	case "load.duration":
		s.Load.Commands = 0
	}
	if strings.HasPrefix(path, "device.") {
		s.DeviceName = ""
	}
}

// invalid reports why a file could not hold s, by the checks that a file meets.
func (s *Scenario) invalid() []error {
	errs := append(s.Device.Validate(), s.invalidFaults(faults.Device, s.Device.Faults)...)
	errs = append(errs, s.invalidFaults(faults.Link, s.Link)...)
	for _, st := range s.Strategies {
		if v, ok := st.Strategy.(interface{ Validate() []error }); ok {
			errs = append(errs, v.Validate()...)
		}
	}
	if err := s.Load.excess(); err != nil {
		errs = append(errs, err)
	}
	return errs
}

func (s *Scenario) invalidFaults(side faults.Side, fs []faults.Fault) []error {
	var errs []error
	for i := range fs {
		fs[i].Complete(side)
		errs = append(errs, fs[i].Validate(side)...)
		errs = append(errs, fs[i].Fit(side, s.Protocol.TLS(), s.Protocol.HTTP2())...)
	}
	for _, c := range faults.Conflicts(fs) {
		errs = append(errs, fmt.Errorf("fault %d of the %s: %s", c.Index, side, c.Problem))
	}
	return errs
}

// excess reports a load of more commands than a trial can keep the records of.
func (l *Load) excess() error {
	if total := int64(l.Clients) * int64(l.Commands); total > maxCommands {
		return fmt.Errorf("%d clients with %d commands each send %d, want %d at most", l.Clients, l.Commands, total, maxCommands)
	}
	return nil
}
