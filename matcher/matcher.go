package matcher

// DefaultCandidates is how many candidates are scored for one subject.
const DefaultCandidates = 300
