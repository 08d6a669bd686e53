package results

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
)

// curveColumns are those of a curve's table.
var curveColumns = []column{
	{head: "  value", left: true, least: 10}, {over: "success", head: "[95 % interval]", left: true, least: 17}, {head: "commands"},
	{over: "failed attempts:", head: "late"}, {head: "crossed"}, {head: "idle"}, {head: "other"}, {head: "?"},
	{head: "p99", least: 6}, {over: "success", head: "0 %", left: true, least: curveWidth + 1},
}

// curveWidth is how many columns of a terminal stand for 100 %.
const curveWidth = 25

// WriteCurves writes a table per strategy, with its curve drawn from left to
// right and a sentence that says where it crosses the bound. It is plain text;
// control characters in names are written as escapes.
func WriteCurves(w io.Writer, s *Sweep) error {
	var p page
	for i := range s.Curves {
		p.curve(s, &s.Curves[i])
	}
	p.text.WriteString("late: the client's kernel knew of the close before it sent. crossed: it could not know.\n" +
		"idle: the device's idle timeout, either of the two. ?: the evidence does not tell.\n" +
		"Attempts that were made good by sending again count as failed, too.\n\n")
	for i := range s.Curves {
		c := &s.Curves[i]
		p.prose(c.Strategy+": "+s.conclusion(c), "", "  ")
	}
	order := "seed %d, took %s\n"
	if s.Partial {
		order = "PARTIAL: the sweep was cut short\n" + order
	}
	fmt.Fprintf(&p.text, order, s.Seed, shortTime(s.Elapsed))
	if s.Fidelity >= 0 && s.Fidelity < len(fidelities) {
		p.prose(fmt.Sprintf("fidelity %d of 3: seen from %s. %s", s.Fidelity, fidelities[s.Fidelity], s.Environment.FidelityNote), "", "  ")
	}
	for _, note := range s.Notes {
		p.prose("note: "+note, "", "  ")
	}
	if _, err := io.WriteString(w, p.text.String()); err != nil {
		return fmt.Errorf("write curves as a table: %w", err)
	}
	return nil
}

func (p *page) curve(s *Sweep, c *Curve) {
	p.prose(fmt.Sprintf("%s, %s: success over %s from %s to %s", c.Scenario, c.Strategy, s.Setting, s.FromText, s.ToText), "", "  ")
	p.text.WriteByte('\n')
	g := grid{columns: curveColumns}
	for _, at := range c.Points {
		l, p99 := at.Losses, "-"
		if at.P99 > 0 {
			p99 = shortTime(at.P99)
		}
		sum := Summary{Commands: at.Commands, OK: at.OK, Success: at.Success, SuccessLow: at.SuccessLow, SuccessHigh: at.SuccessHigh}
		g.add("  "+at.Text, p.success(&sum), itoa(at.Commands), itoa(l.Late), itoa(l.Crossed), itoa(l.Idle), itoa(l.Other), itoa(l.Unknown), p99, drawn(&at, s.Bound))
	}
	g.write(&p.text)
	p.text.WriteByte('\n')
}

// drawn is a point's success as a bar, or why it decides nothing.
func drawn(at *CurvePoint, bound Rate) string {
	if at.Side == Spoilt || at.Side == Unsent {
		return string(at.Side)
	}
	return bar(at.Success, bound)
}

// bar draws a share, and a mark where the bound is.
func bar(share, bound Rate) string {
	if !share.Known() {
		return ""
	}
	cells := []byte(strings.Repeat(" ", curveWidth+1))
	n := int(math.Round(curveWidth * float64(share)))
	copy(cells, strings.Repeat("#", n))
	cells[int(math.Round(curveWidth*float64(bound)))] = '|'
	return string(cells)
}

// conclusion says where a curve crosses the bound.
func (s *Sweep) conclusion(c *Curve) string {
	bound := number(100*float64(s.Bound)) + " %"
	var parts []string
	for _, x := range c.Crossings {
		way := "rises above"
		if x.Falls {
			way = "falls below"
		}
		parts = append(parts, fmt.Sprintf("%s %s at %s %s [%s..%s]", way, bound, s.Setting, x.Text, x.LowText, x.HighText))
	}
	text := "success " + strings.Join(parts, ", ")
	span := fmt.Sprintf("from %s %s to %s", s.Setting, s.FromText, s.ToText)
	switch open := c.count(Undecided); {
	case len(parts) > 0 && open > 0:
		text += fmt.Sprintf("; %s could not be told from the bound", several(open, "value"))
	case len(parts) > 0:
	case c.all(Above):
		text = "success is above " + bound + " at every value played " + span
	case c.all(Below):
		text = "success is below " + bound + " at every value played " + span
	case c.commands() == 0:
		return "no data: no command was played to its end"
	case c.count(Above)+c.count(Below)+open == 0:
		text = "undecided " + span + ": no value could be played as it was meant"
	case open > 0:
		text = fmt.Sprintf("undecided: at %s of %d %s the success could not be told from %s", several(open, "value"), len(c.Points), span, bound)
	case c.count(Above) > 0 && c.count(Below) > 0:
		text = "undecided: " + span + " success lies on both sides of " + bound + ", but not clearly enough on one of them"
	case c.count(Above) > 0:
		text = fmt.Sprintf("undecided: %s success is above %s at %d of %d values", span, bound, c.count(Above), len(c.Points))
	default:
		text = fmt.Sprintf("undecided: %s success is below %s at %d of %d values", span, bound, c.count(Below), len(c.Points))
	}
	return text + c.aside()
}

// aside says why values decide nothing, and what the intervals had to allow for.
func (c *Curve) aside() (text string) {
	if n := c.count(Unsent); n > 0 {
		text += fmt.Sprintf("; commands could not be sent above %.6g/s: %s not judged", c.Sent, several(n, "value"))
	}
	if n := c.count(Spoilt); n > 0 {
		text += fmt.Sprintf("; %s not judged: the machine was too busy in most trials", several(n, "value"))
	}
	if wider := math.Sqrt(c.Dispersion); wider >= noticed {
		text += fmt.Sprintf("; trials differ by more than chance: intervals are %.1f times as wide as of independent commands", wider)
	}
	if c.Spent {
		text += fmt.Sprintf("; %s, all that was allowed, did not tell more", several(c.Trials, "trial"))
	}
	return text
}

// noticed is how much wider intervals are before it is said.
const noticed = 1.25

func (c *Curve) commands() (n int) {
	for _, p := range c.Points {
		n += p.Commands
	}
	return n
}

// count counts the points on a side, but those where the curve crosses the bound.
func (c *Curve) count(side Side) (n int) {
	for _, p := range c.Points {
		crossing := slices.ContainsFunc(c.Crossings, func(x Crossing) bool { return x.Low <= p.Value && p.Value <= x.High })
		if p.Commands > 0 && p.Side == side && !crossing {
			n++
		}
	}
	return n
}
