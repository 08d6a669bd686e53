package wire

// smooth reports whether nothing can be wrong with a conversation: both ends
// closed in order, and all requests that are kept were answered whole. It spares
// most conversations the survey.
func (c *Conversation) smooth() bool {
	if c.State != "SF" || c.Protocol != HTTP || c.Goodbye != "" || len(c.Exchanges) == 0 || c.Sides[Up].Resets+c.Sides[Down].Resets > 0 {
		return false
	}
	for i := range c.Exchanges {
		if x := &c.Exchanges[i]; x.Request.Packet == 0 || !x.Response.Whole {
			return false
		}
	}
	return true
}
