package wire

// RuleDocs lists the rules' cases, in order.
func RuleDocs() []string {
	var docs []string
	for i := range rules {
		docs = append(docs, rules[i].doc)
	}
	return docs
}

// RuleFor is the case that Explain goes by, empty if none fits or the
// conversation ended well.
func RuleFor(c *Conversation, w Witness) string {
	s := survey(c, w)
	if !s.bad() {
		return ""
	}
	for i := range rules {
		if rules[i].fits(&s, &report{scene: &s}) {
			return rules[i].doc
		}
	}
	return ""
}

// AdviceIDs lists the causes that have a row of advice.
func AdviceIDs() []string {
	var ids []string
	for _, a := range advice {
		ids = append(ids, a.cause)
	}
	return ids
}

// RuleCauses lists the causes that rules name or that stand beside a doubt.
func RuleCauses() []string {
	var ids []string
	for i := range rules {
		ids = append(ids, rules[i].cause)
	}
	for _, d := range doubts {
		ids = append(append(ids, d.cause), d.also...)
	}
	return ids
}
