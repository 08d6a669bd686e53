package results

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
)

// A CurveFormat is a way to write a sweep.
type CurveFormat struct {
	Name, Doc string
	Write     func(io.Writer, *Sweep) error
}

// CurveFormats lists every format.
var CurveFormats = []CurveFormat{
	{"table", "a table per strategy with its curve, for people", WriteCurves},
	{"json", "everything, for programs", WriteCurvesJSON},
	{"csv", "a row per point, for spreadsheets and plots", WriteCurvesCSV},
}

// WriteCurvesJSON writes a sweep as indented JSON with a newline at the end. What
// is unknown is null, and what is empty is an empty list.
func WriteCurvesJSON(w io.Writer, s *Sweep) error {
	out := *s
	out.Schema = Schema
	out.Notes = append([]string{}, s.Notes...)
	out.Curves = append([]Curve{}, s.Curves...)
	for i := range out.Curves {
		c := &out.Curves[i]
		c.Points = append([]CurvePoint{}, c.Points...)
		c.Crossings = append([]Crossing{}, c.Crossings...)
	}
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(out); err != nil {
		return fmt.Errorf("write curves as JSON: %w", err)
	}
	return nil
}

// csvHead names the columns; times are in nanoseconds.
var csvHead = []string{"scenario", "strategy", "setting", "value", "text", "trials", "perturbed", "unsent", "commands", "ok",
	"success", "success_low", "success_high", "side", "late", "crossed", "idle", "other", "unknown", "p99_ns"}

// WriteCurvesCSV writes a row per point (RFC 4180 but for the line ends, which
// are those of Unix). What is unknown is empty.
func WriteCurvesCSV(w io.Writer, s *Sweep) error {
	out := csv.NewWriter(w)
	rows := [][]string{csvHead}
	for _, c := range s.Curves {
		for _, p := range c.Points {
			l := p.Losses
			rows = append(rows, []string{c.Scenario, c.Strategy, s.Setting, number(p.Value), p.Text,
				itoa(p.Trials), itoa(p.Perturbed), itoa(p.Unsent), itoa(p.Commands), itoa(p.OK),
				number(float64(p.Success)), number(float64(p.SuccessLow)), number(float64(p.SuccessHigh)), string(p.Side),
				itoa(l.Late), itoa(l.Crossed), itoa(l.Idle), itoa(l.Other), itoa(l.Unknown), itoa(int(p.P99))})
		}
	}
	if err := out.WriteAll(rows); err != nil {
		return fmt.Errorf("write curves as CSV: %w", err)
	}
	return nil
}

// number writes a figure exactly, and nothing for NaN.
func number(v float64) string {
	if math.IsNaN(v) {
		return ""
	}
	return strconv.FormatFloat(v, 'f', -1, 64)
}
