package device

import "rstorm/faults"

// A Profile is how a device treats connections. Its fields are its keys in
// scenarios.yaml; its zero value is a device that works.
type Profile struct {
	ServiceTime          faults.Delay   `yaml:"service_time" doc:"from a whole request to its execution"`
	Faults               []faults.Fault `yaml:"faults" doc:"what the device does wrong by itself"` // completed, for side faults.Device
	MaxConnections       int            `yaml:"max_connections" min:"0" max:"1000000" doc:"connections open at once; one more is reset when it is accepted; 0 is no limit"`
	ConnectionsPerSecond int            `yaml:"connections_per_second" min:"0" max:"1000000" doc:"new connections (token bucket); one more is reset when it is accepted; 0 is no limit"`
	Burst                int            `yaml:"burst" min:"0" max:"1000000" doc:"size of the bucket of connections_per_second; 0 is a tenth of a second's worth, at least 1"`
	Deduplicate          bool           `yaml:"deduplicate" doc:"a repeated command id is answered as before and not executed again"`
}

// Validate reports what is wrong between p's fields; each error is a
// *[faults.FieldError]. The fields by themselves, faults included, are for who
// read them to judge.
func (p *Profile) Validate() []error {
	var errs []error
	if p.Burst > 0 && p.ConnectionsPerSecond == 0 {
		errs = append(errs, &faults.FieldError{Field: "burst", Problem: "burst is the bucket of connections_per_second, which is not set"})
	}
	return errs
}
