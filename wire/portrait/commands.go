package portrait

import (
	"cmp"
	"slices"
	"strings"
)

// none stands for a command that is not known.
const none = -1

// Bounds of a repertoire.
const (
	maxCommands = 16
	maxQueries  = 4   // targets that differ in their query only; more are one command without it
	maxTarget   = 200 // bytes of a target
)

// A repertoire is what clients ask for.
type repertoire struct {
	all    []command
	others int // requests for which there was no room
}

// A command is a request as often as it came.
type command struct {
	method, target string
	cut            bool // the target was longer than can be kept
	n              int
	size           sample
	next           [maxCommands]int // what was asked for behind it
	into           int              // the command that has swallowed it; none if none has
}

// meet counts a request and returns the number of its command; none if there is
// no room.
func (r *repertoire) meet(method, target string, size int64) int {
	target = withoutID(target)
	is := r.find(method, target)
	if is == none {
		path, _, _ := strings.Cut(target, "?")
		if r.swallow(method, path) {
			target = path
		}
		if is = r.find(method, target); is == none {
			is = r.learn(method, target)
		}
	}
	if is == none {
		r.others++
		return none
	}
	r.all[is].n++
	r.all[is].size.add(size)
	return is
}

func (r *repertoire) find(method, target string) int {
	i := slices.IndexFunc(r.all, func(c command) bool {
		return c.into == none && c.method == method && c.target == target[:min(len(target), maxTarget)]
	})
	return i
}

func (r *repertoire) learn(method, target string) int {
	if len(r.all) == maxCommands {
		return none
	}
	cut := len(target) >= maxTarget // who read it may have cut it
	r.all = append(r.all, command{method: method, target: strings.Clone(target[:min(len(target), maxTarget)]), cut: cut, into: none})
	return len(r.all) - 1
}

// swallow makes one command of those that differ in their query only, once
// there are many, and reports whether it did now or before.
func (r *repertoire) swallow(method, path string) bool {
	whole := r.find(method, path)
	var same []int
	for i, c := range r.all {
		p, _, query := strings.Cut(c.target, "?")
		switch {
		case c.into != none && c.into == whole:
			return true
		case query && c.into == none && c.method == method && p == path:
			same = append(same, i)
		}
	}
	if len(same) < maxQueries {
		return false
	}
	if whole == none {
		whole = same[0]
		r.all[whole].target = path
	}
	for _, i := range same {
		if i != whole {
			r.all[i].into = whole
			r.all[whole].n += r.all[i].n
			for _, v := range r.all[i].size.kept {
				r.all[whole].size.add(v)
			}
		}
	}
	return true
}

// follow counts that one command came behind another.
func (r *repertoire) follow(a, b int) {
	if a != none && b != none {
		r.all[a].next[b]++
	}
}

// whole is the number of the command that i has become.
func (r *repertoire) whole(i int) int {
	if r.all[i].into != none {
		return r.all[i].into
	}
	return i
}

// often lists the numbers of the commands, the most frequent first.
func (r *repertoire) often() []int {
	var all []int
	for i := range r.all {
		if r.all[i].into == none {
			all = append(all, i)
		}
	}
	slices.SortStableFunc(all, func(a, b int) int { return cmp.Compare(r.all[b].n, r.all[a].n) })
	return all
}

// cycle is the order in which the commands come, if they come in turn; nil if
// they do not: each has another that nearly always follows it.
func (r *repertoire) cycle() []int {
	all := r.often()
	if len(all) < 2 {
		return all
	}
	behind := [maxCommands][maxCommands]int{}
	for a := range r.all {
		for b, n := range r.all[a].next {
			if n > 0 {
				behind[r.whole(a)][r.whole(b)] += n
			}
		}
	}
	at := slices.Min(all)
	var turn []int
	for at != none && !slices.Contains(turn, at) {
		turn = append(turn, at)
		next, most, sum := none, 0, 0
		for b, n := range behind[at] {
			sum += n
			if n > most {
				next, most = b, n
			}
		}
		if 10*most < 9*sum {
			return nil
		}
		at = next // none: the capture ends behind it
	}
	if len(turn) < len(all) || at != none && at != turn[0] {
		return nil
	}
	return turn
}
