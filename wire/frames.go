package wire

// frames passes over the records of TLS or the frames of HTTP/2 in one
// direction.
type frames struct {
	head  [9]byte // of the record or frame at hand, as far as it has come
	have  int     // bytes of head
	left  int64   // bytes to pass over
	lost  bool    // where a head stands is not known
	count int     // of heads that were read
}

// miss passes over n bytes that were not captured.
func (r *frames) miss(n int64) {
	if r.have > 0 || n > r.left {
		r.lost = true
		return
	}
	r.left -= n
}

// next reads a head of size bytes from p, or what it can of one. What lies
// before it is passed over. It reports whether there is a whole one.
func (r *frames) next(p *piece, size int) bool {
	if n := int(min(r.left, int64(p.length))); n > 0 {
		r.left -= int64(n)
		p.cut(n)
	}
	if r.left > 0 || len(p.data) == 0 {
		if p.length > 0 {
			r.miss(int64(p.length))
		}
		return false
	}
	n := copy(r.head[r.have:size], p.data)
	r.have += n
	p.cut(n)
	if r.have < size {
		if p.length > 0 {
			r.miss(int64(p.length))
		}
		return false
	}
	r.have = 0
	r.count++
	return true
}
