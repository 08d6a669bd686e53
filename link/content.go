package link

import "net/http"

// responseHead records what the head of the response to ex says.
func (r *relay) responseHead(ex *exchange, m *message) {
	r.mu.Lock()
	defer r.mu.Unlock()
	ex.Status = m.status
	if ex.plain = m.plain(ex.Method); ex.plain {
		ex.Digest = m.digest
		if !m.coded {
			ex.Size = m.length
		}
	}
}

// plain reports whether what a client takes for the content is what the response
// to method carries, as it stands.
func (m *message) plain(method string) bool {
	return !m.encoded && method != http.MethodHead && m.status != http.StatusNoContent && m.status != http.StatusNotModified
}
