/// Computes a measure for the number of times that each row (n) counts; nil where the measure is not defined.
package typealias WeightedMeasure = (_ weights: [Int32]) -> Double?
