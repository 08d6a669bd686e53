package kernel

// MTU is the greatest length of a packet that passes a [TUN], in bytes: that
// of Ethernet, so that segments are as long as the field's.
const MTU = 1500
