/// The numbered streams of random numbers. Numbers are never reused or changed: they are part of every result.
package enum Stream: UInt32, Sendable, CaseIterable {
  case initialization = 1
  case path = 2
  case masking = 3
  case batches = 4
  case dropout = 5
  case clustering = 6
  case bootstrap = 7
  case synthesis = 8
  case augmentation = 9
  case splitting = 10
  case views = 11
  case negatives = 12
  case replicates = 13
  case strands = 14
  case centres = 15
  case reach = 16
  case permutations = 17
  case variation = 18
  case attribution = 19
  case generation = 20
  case profiles = 21
  case evolution = 22
  case calibration = 23
  case recall = 30
}
