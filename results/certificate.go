package results

// A Certificate says whether a trial's capture is whole: nothing was dropped,
// and as many RSTs were captured as the kernel says it has sent.
//
// The kernel counts for a whole network namespace. Trials that overlap share
// one count, and so one certificate: if all RSTs of their time were captured,
// so were those of each.
type Certificate struct {
	Certified bool   `json:"certified"`
	Packets   uint64 `json:"packets"`           // captured
	Dropped   uint64 `json:"dropped"`           // by the capture, for want of room
	Captured  uint64 `json:"captured"`          // RSTs of this kernel, on any port
	OutResets uint64 `json:"out_rsts"`          // RSTs it says it has sent in the same time
	Trials    int    `json:"trials"`            // that shared it, this one included
	Missing   string `json:"missing,omitempty"` // what is missing; empty if Certified
}
