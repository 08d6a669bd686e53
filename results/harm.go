package results

import "cmp"

// harm counts the control commands that were lost or executed twice.
func harm(t *Trial) Count {
	if len(t.ByMethod) == 0 {
		return t.Summary.Lost.Plus(t.Summary.Duplicates)
	}
	var sum Count
	for method, s := range t.ByMethod {
		if !safe(method) {
			sum = sum.Plus(s.Lost).Plus(s.Duplicates)
		}
	}
	return sum
}

// safe reports whether a method only reads (RFC 9110 section 9.2.1).
func safe(method string) bool {
	switch method {
	case "GET", "HEAD", "OPTIONS", "TRACE":
		return true
	}
	return false
}

// compareCounts is below zero if a is better than b; unknown is worst.
func compareCounts(a, b Count) int {
	return cmp.Or(cmp.Compare(truth(!a.Known()), truth(!b.Known())), cmp.Compare(a, b))
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}
