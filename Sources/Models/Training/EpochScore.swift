/// The scores of the hold-out after an epoch.
package struct EpochScore: Hashable, Sendable {
  /// The mean loss, without class weights: in nats, or squared units of the targets.
  package let loss: Double
  /// The number by which the best epoch is chosen; higher is better.
  package let score: Double
}
