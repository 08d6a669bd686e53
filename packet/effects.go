package packet

import "rstorm/faults"

// effects says how each effect is carried out on a packet; what it means is
// written in [faults.Effects].
var effects = map[faults.Effect]func(*Middlebox, *passage, faults.Strike){
	faults.Drop:      drop,
	faults.Hold:      hold,
	faults.Duplicate: duplicate,
	faults.Reorder:   reorder,
	faults.Corrupt:   corrupt,
	faults.Reject:    reject,
	faults.Inject:    inject,
}
