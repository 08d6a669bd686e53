package scenarios

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
)

// Select narrows s to what the user asked for; asking for nothing is asking
// for all. A scenario stays if its whole name matches one of the globs, in the
// notation of [path.Match] and in any case. A strategy stays if its label is
// among labels; a scenario left without one goes. Thresholds stay, also those
// on strategies that went: see [Scenario.Skipped]. A glob or a label that
// selects nothing is an error, and s is then as it was.
func (s *Suite) Select(globs, labels []string) error {
	kept, err := s.match(globs)
	if err = errors.Join(err, checkLabels(kept, labels)); err != nil {
		return err
	}
	s.Scenarios = nil
	for _, sc := range kept {
		if len(labels) > 0 {
			kept, skipped := split(sc.Strategies, labels)
			sc.Strategies, sc.Skipped = kept, slices.Concat(sc.Skipped, skipped)
		}
		if len(sc.Strategies) > 0 {
			s.Scenarios = append(s.Scenarios, sc)
		}
	}
	return nil
}

// match returns the scenarios that match any of the globs; all if there are
// none, or errors.
func (s *Suite) match(globs []string) ([]Scenario, error) {
	if len(globs) == 0 {
		return s.Scenarios, nil
	}
	var wanted []string
	var errs []error
	for _, glob := range globs {
		hits, err := s.hits(glob)
		wanted, errs = append(wanted, hits...), append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return s.Scenarios, err
	}
	var kept []Scenario
	for _, sc := range s.Scenarios {
		if slices.Contains(wanted, sc.Name) {
			kept = append(kept, sc)
		}
	}
	return kept, nil
}

// hits returns the names that match glob, one at least.
func (s *Suite) hits(glob string) ([]string, error) {
	var names, hits []string
	for _, sc := range s.Scenarios {
		ok, err := path.Match(strings.ToLower(glob), strings.ToLower(sc.Name))
		if err != nil {
			return nil, fmt.Errorf("%q is not a pattern: %w", glob, err)
		}
		if names = append(names, sc.Name); ok {
			hits = append(hits, sc.Name)
		}
	}
	if len(hits) == 0 {
		return nil, fmt.Errorf("no scenario matches %q%s", glob, suggestion(glob, names))
	}
	return hits, nil
}

func checkLabels(from []Scenario, labels []string) error {
	var known []string
	for _, sc := range from {
		for _, st := range sc.Strategies {
			if !slices.Contains(known, st.Label) {
				known = append(known, st.Label)
			}
		}
	}
	var errs []error
	for _, label := range labels {
		if !slices.Contains(known, label) {
			errs = append(errs, fmt.Errorf("no scenario to be played has the strategy %q%s", label, suggestion(label, known)))
		}
	}
	return errors.Join(errs...)
}

func split(all []Strategy, labels []string) (kept []Strategy, skipped []string) {
	for _, st := range all {
		if slices.Contains(labels, st.Label) {
			kept = append(kept, st)
		} else {
			skipped = append(skipped, st.Label)
		}
	}
	return kept, skipped
}
