package portrait

import (
	"net/http"
	"slices"
	"strings"

	"rstorm/results"
)

// withoutID drops a command's id from a target.
func withoutID(target string) string {
	path, query, ok := strings.Cut(target, "?")
	if !ok || !strings.Contains(query, results.IDParameter+"=") {
		return target
	}
	parts := slices.DeleteFunc(strings.Split(query, "&"), func(part string) bool {
		return strings.HasPrefix(part, results.IDParameter+"=")
	})
	if len(parts) == 0 {
		return path
	}
	return path + "?" + strings.Join(parts, "&")
}

// knows reports whether the embedded device has the route.
func knows(method, target string) bool {
	path, _, _ := strings.Cut(target, "?")
	switch method {
	case http.MethodPut, http.MethodPost:
		return path == "/put/ctrl"
	case http.MethodGet, http.MethodHead:
		return path == "/query/state"
	}
	return false
}

// stand finds a route of the embedded device for a method.
func stand(method string) (as, target string) {
	switch method {
	case http.MethodGet, http.MethodHead:
		return method, "/query/state"
	case http.MethodPost:
		return method, "/put/ctrl"
	}
	return http.MethodPut, "/put/ctrl"
}

// speakable reports whether a scenario can hold the command as it was captured.
func speakable(c *command) bool {
	unfit := func(r rune) bool { return r <= ' ' || r > '~' || r == '#' }
	return !c.cut && sayable(c.method) && strings.HasPrefix(c.target, "/") && !strings.ContainsFunc(c.target, unfit)
}

// sayable reports whether a scenario can hold the method.
func sayable(method string) bool {
	return method != "" && method != http.MethodConnect && strings.Trim(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == ""
}
