package device

import (
	"crypto"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"rstorm/faults"
	"rstorm/results"
)

// Serve is the child's side of a [Process]: the program that [Spawn] is given
// calls it with its standard input and its standard output, to which it must
// write nothing else, and ends when it returns. The device runs until the
// input ends; then it is switched off in order. A fault may end the program
// before that. The error is one of the two streams'; what the device could not
// carry out is told to the Process.
func Serve(in io.Reader, out io.Writer) error {
	var o orders
	from := json.NewDecoder(in)
	switch err := from.Decode(&o); {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return nil // switched off before it was on
	case err != nil:
		return fmt.Errorf("read the device's orders: %w", err)
	}
	r := &reporter{out: out}
	cfg, err := o.config(r)
	if err != nil {
		return err
	}
	d, err := Start(cfg)
	if err == nil {
		r.tell(note{Serving: d.Addr()})
		err = r.answer(io.MultiReader(from.Buffered(), in))
		err = errors.Join(err, d.Close())
	}
	if err != nil {
		r.tell(note{Failed: err.Error()})
	}
	return r.failed
}

// orders are what a supervised device is told: its configuration, and how far
// the processes before it had come. That is the harness's own bookkeeping, by
// which faults are drawn and evidence is joined. What a real device would have
// in its memory is not in it: a reboot forgets its state and which commands it
// has executed.
type orders struct {
	Profile  Profile
	Seed     uint64
	Epoch    time.Time
	Listen   string
	Protocol results.Protocol
	Chain    [][]byte // the certificate's, in DER
	Key      []byte   // its private key, in PKCS #8

	Connections int         // numbers given
	Received    []tally     // of each command
	Struck      map[int]int // of each fault's First, by its index
}

// tally is how often a command was received.
type tally struct {
	Command quoted
	Times   int
}

// supervised is what makes a device one that may die.
type supervised struct {
	reporter *reporter
	orders   *orders
}

// config makes o what [Start] takes.
func (o *orders) config(r *reporter) (Config, error) {
	cfg := Config{
		Profile: o.Profile,
		Seed:    o.Seed,
		// What was sent has no monotonic reading; from here on it counts by one.
		Epoch:      time.Now().Add(-time.Since(o.Epoch)),
		Listen:     o.Listen,
		Protocol:   o.Protocol,
		supervised: &supervised{r, o},
	}
	if len(o.Chain) == 0 {
		return cfg, nil
	}
	key, err := x509.ParsePKCS8PrivateKey(o.Key)
	if err != nil {
		return cfg, fmt.Errorf("read the certificate's key: %w", err)
	}
	cfg.Certificate = &tls.Certificate{Certificate: o.Chain, PrivateKey: key}
	return cfg, nil
}

// certify adds a certificate.
func (o *orders) certify(cert *tls.Certificate) (err error) {
	if cert == nil {
		return nil
	}
	if _, ok := cert.PrivateKey.(crypto.Signer); !ok {
		return errors.New("the certificate has no private key")
	}
	o.Chain = cert.Certificate
	o.Key, err = x509.MarshalPKCS8PrivateKey(cert.PrivateKey)
	return err
}

// resume makes d go on where the processes before it ended.
func (s *supervised) resume(d *Device) {
	d.reporter, d.ledger.reporter, d.roster.reporter = s.reporter, s.reporter, s.reporter
	d.roster.records = make([]Connection, s.orders.Connections)
	d.ledger.commands = make(map[string]*command, len(s.orders.Received))
	for _, t := range s.orders.Received {
		d.ledger.commands[string(t.Command)] = &command{received: t.Times}
	}
	for i, n := range s.orders.Struck {
		d.plan.Spend(i, n)
	}
}

// down draws how long the process stays dead after s, as every delay is drawn:
// by the seed and by e.
func (s *supervised) down(strike faults.Strike, e faults.Event) time.Duration {
	plan := faults.NewPlan(s.orders.Seed, "down", []faults.Fault{{Effect: faults.Hold, Point: strike.Point, Delay: strike.Down}})
	return plan.At(strike.Point, e)[0].Wait
}
