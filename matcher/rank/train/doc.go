// Package train fits rankers ([rank.Model]) to judged pairs and says by cross-validation how good they will be on needs
// that nobody has judged.
//
// A fit has two steps. The shapes are learned from order alone: within one need, the better pair of two should have the
// higher strength (logistic loss on differences, so that a need whose judge is generous counts as one whose judge is
// strict). The weights are not negative and shrunk towards each other. The levels are then learned from the strengths:
// three logistic steps, each given the one before, on strengths that the pair's own need had no part in.
//
// [CrossValidate] repeats all of this on four fifths of the needs and predicts the rest; nothing that is reported was
// fitted on what it is measured on.
package train
