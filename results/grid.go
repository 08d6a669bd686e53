package results

import "strings"

// A column of a grid: its heading in up to two lines, whether it is aligned to
// the left, as text is, or to the right, as numbers are, and its least width.
type column struct {
	over, head string
	left       bool
	least      int
}

// A grid is rows of cells in aligned columns.
type grid struct {
	columns []column
	rows    [][]string
}

func (g *grid) add(cells ...string) { g.rows = append(g.rows, cells) }

// write writes the heading, where there is one, and the rows.
func (g *grid) write(b *strings.Builder) {
	over, head, widths := make([]string, len(g.columns)), make([]string, len(g.columns)), make([]int, len(g.columns))
	for i, c := range g.columns {
		over[i], head[i], widths[i] = c.over, c.head, c.least
	}
	var lines [][]string
	for _, heading := range [][]string{over, head} {
		if strings.Join(heading, "") != "" {
			lines = append(lines, heading)
		}
	}
	lines = append(lines, g.rows...)

	for _, line := range lines {
		for i, cell := range line {
			widths[i] = max(widths[i], cellWidth(cell))
		}
	}
	for _, line := range lines {
		b.WriteString(strings.TrimRight(g.line(line, widths), " "))
		b.WriteByte('\n')
	}
}

// line puts two spaces between columns.
func (g *grid) line(cells []string, widths []int) string {
	var b strings.Builder
	for i, cell := range cells {
		if i > 0 {
			b.WriteString("  ")
		}
		pad := strings.Repeat(" ", widths[i]-cellWidth(cell))
		if g.columns[i].left {
			b.WriteString(cell + pad)
		} else {
			b.WriteString(pad + cell)
		}
	}
	return b.String()
}
