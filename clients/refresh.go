package clients

import "time"

// Refresh makes a new client for every command, as the field case tried: the
// old one is closed by force, the request says Connection: close, connecting
// has a limit of its own (a TLS handshake included), and every URL is another
// one. The field's idle timeout of 1 s is not a setting: no connection lives to
// be idle. Nor can this model that closing a shared client by force breaks the
// requests of others: here every client has connections of its own.
type Refresh struct {
	ConnectTimeout time.Duration `yaml:"connect_timeout" min:"0" doc:"limit on connecting; 0 is the command's own deadline only"`
	Unique         bool          `yaml:"unique" doc:"append a URL parameter (unique=...) that differs with every request"`
}

// Client makes a client that refreshes.
func (s Refresh) Client(n Network) Client {
	return newRaw(n, policy{announce: true, connectTimeout: s.ConnectTimeout, unique: s.Unique})
}
