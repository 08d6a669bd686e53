package results

import "io"

// A Format is a way to write a report.
type Format struct {
	Name, Doc string
	Write     func(io.Writer, *Report) error
}

// Formats lists every format.
var Formats = []Format{
	{"table", "a table per scenario, for people", WriteTable},
	{"json", "everything, for programs", WriteJSON},
	{"catalogue", "a Markdown table by cause of the reset catalogue", WriteCatalogue},
	{"matrix", "a Markdown table of the strategies by scenario", WriteMatrix},
}
