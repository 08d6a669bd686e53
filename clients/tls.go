package clients

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"reflect"
	"time"
)

// closeLimit is how long closing may wait for a peer that takes no close_notify
// any more; the same as in net/http.
const closeLimit = 250 * time.Millisecond

// tlsConfig is the network's configuration for one client that offers the given
// protocol by ALPN, and no other. Sessions are resumed only if it has a cache
// for them, as with net/http; [Network] asks for none.
func tlsConfig(n Network, protocol string) *tls.Config {
	config := n.TLS.Clone() // nil stays nil
	if config == nil {
		config = new(tls.Config)
	}
	if config.ServerName == "" {
		config.ServerName = n.Host
		if host, _, err := net.SplitHostPort(n.Host); err == nil {
			config.ServerName = host
		}
	}
	config.NextProtos = []string{protocol}
	return config
}

// A session is TLS over a watched connection.
type session struct {
	*tls.Conn
	socket *Conn
}

// handshake makes a session.
func handshake(ctx context.Context, conn *Conn, config *tls.Config) (*session, error) {
	s := &session{tls.Client(conn, config), conn}
	if err := s.HandshakeContext(ctx); err != nil {
		return nil, shaken(err)
	}
	if got := s.ConnectionState().NegotiatedProtocol; config.NextProtos[0] == "h2" && got != "h2" {
		return nil, errors.New("the device does not speak HTTP/2: it chose no h2 by ALPN")
	}
	return s, nil
}

// shaken reads the error of a handshake. The peer's FIN is io.EOF there,
// wherever it cuts.
func shaken(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("within a record: %w", io.EOF)
	}
	return alerted(err)
}

// Read reads. A FIN without a close_notify is io.ErrUnexpectedEOF: what ends
// with it may have been cut (RFC 8446 section 6.1).
func (s *session) Read(p []byte) (int, error) {
	n, err := s.Conn.Read(p)
	if err == io.EOF && s.socket.ended() == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return n, alerted(err)
}

// Close sends a close_notify, within closeLimit, and closes the connection. One
// whose socket has told its end is only closed.
func (s *session) Close() error {
	if s.socket.ended() != nil {
		return s.socket.Close()
	}
	limit := time.AfterFunc(closeLimit, func() { s.socket.Close() })
	defer limit.Stop()
	return s.Conn.Close()
}

// An alertError is an alert that the peer sent (RFC 8446 section 6).
type alertError struct{ alert tls.AlertError }

// Error names the alert.
func (e alertError) Error() string { return "alert from the device: " + e.alert.Error() }

// Unwrap returns the [tls.AlertError].
func (e alertError) Unwrap() error { return e.alert }

// Errno is the word for it in reports, see [results.Errno].
func (alertError) Errno() string { return "alert" }

// alerted makes a peer's alert an alertError. Package tls reports it as a
// net.OpError of operation "remote error" with the alert's number, which has a
// type of its own there.
func alerted(err error) error {
	op, ok := errors.AsType[*net.OpError](err)
	if !ok || op.Op != "remote error" {
		return err
	}
	if v := reflect.ValueOf(op.Err); v.Kind() == reflect.Uint8 {
		return alertError{tls.AlertError(v.Uint())}
	}
	return err
}
