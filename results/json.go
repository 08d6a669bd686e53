package results

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
)

// WriteJSON writes the report as indented JSON with a newline at the end. The
// same report gives the same bytes; lists and maps that hold nothing are empty,
// not null.
func WriteJSON(w io.Writer, r *Report) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false) // thresholds have > and <
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(present(r)); err != nil {
		return fmt.Errorf("write report as JSON: %w", err)
	}
	return nil
}

// present copies what it changes: it sets the schema and replaces nil lists and
// maps.
func present(r *Report) *Report {
	out := *r
	out.Schema = Schema
	out.Notes = append([]string{}, r.Notes...)
	out.Trials = append([]Trial{}, r.Trials...)
	for i := range out.Trials {
		t := &out.Trials[i]
		t.Verdicts = append([]Verdict{}, t.Verdicts...)
		t.Findings = append([]Finding{}, t.Findings...)
		for i := range t.Findings {
			t.Findings[i].Evidence = append([]string{}, t.Findings[i].Evidence...)
		}
		if t.ByMethod == nil {
			t.ByMethod = map[string]Summary{}
		}
	}
	out.Scenarios = append([]Scenario{}, r.Scenarios...)
	for i := range out.Scenarios {
		s := &out.Scenarios[i]
		s.Verdicts = append([]Verdict{}, s.Verdicts...)
		s.Differences = append([]Difference{}, s.Differences...)
		s.Pairings = append([]Pairing{}, s.Pairings...)
		s.Shows = append([]string{}, s.Shows...)
	}
	out.Recommendations = append([]Recommendation{}, r.Recommendations...)
	for i := range out.Recommendations {
		c := &out.Recommendations[i]
		c.Beaten, c.Breaks, c.Undecided = append([]Beating{}, c.Beaten...), append([]Break{}, c.Breaks...), append([]string{}, c.Undecided...)
	}
	return &out
}

// ReadJSON reads what WriteJSON writes, this program's or another version's of
// the same [Schema]. Fields it does not know are ignored; numbers that are
// missing are unknown.
func ReadJSON(in io.Reader) (*Report, error) {
	text, err := io.ReadAll(in)
	if err != nil {
		return nil, fmt.Errorf("read report: %w", err)
	}
	var head struct {
		Schema *int `json:"schema"`
	}
	if err := json.Unmarshal(text, &head); err != nil {
		return nil, fmt.Errorf("read report: not a report in JSON: %w", err)
	}
	switch {
	case head.Schema == nil:
		return nil, errors.New("read report: it has no schema number, so it is no report of rstorm")
	case *head.Schema != Schema:
		return nil, fmt.Errorf("read report: it has schema %d, and this rstorm reads schema %d only", *head.Schema, Schema)
	}
	report := new(Report)
	if err := json.Unmarshal(text, report); err != nil {
		return nil, fmt.Errorf("read report: %w", err)
	}
	return report, nil
}

// UnmarshalJSON reads a summary. Counts and rates that are not there are
// unknown, for zero would be a claim.
func (s *Summary) UnmarshalJSON(text []byte) error {
	type fields Summary // without this method
	none := Rate(math.NaN())
	read := fields{
		Success: none, SuccessLow: none, SuccessHigh: none,
		ExecutedOnce: Unknown, Lost: Unknown, Duplicates: Unknown, Ghosts: Unknown, NotExecuted: Unknown, Reordered: Unknown,
		Exchanges: Unknown, Connections: Unknown, TimeWait: Unknown, Resets: Resets{Connections: Unknown, Hidden: Unknown},
	}
	if err := json.Unmarshal(text, &read); err != nil {
		return err
	}
	*s = Summary(read)
	return nil
}

// UnmarshalJSON reads a finding. A number of executions that is not there is
// unknown.
func (f *Finding) UnmarshalJSON(text []byte) error {
	type fields Finding // without this method
	read := fields{Executed: Unknown}
	if err := json.Unmarshal(text, &read); err != nil {
		return err
	}
	*f = Finding(read)
	return nil
}
