/// The version of this program.
package enum Version {
  package static let text = "bioarc 0.1.0"
}
