package clients

import "net/http"

// safe reports whether a method asks for nothing to be changed (RFC 9110
// section 9.2.1).
func safe(method string) bool {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodOptions, http.MethodTrace:
		return true
	}
	return false
}

// idempotent reports whether a method means the same if it is executed twice,
// by definition if not by device (RFC 9110 section 9.2.2).
func idempotent(method string) bool {
	return safe(method) || method == http.MethodPut || method == http.MethodDelete
}
