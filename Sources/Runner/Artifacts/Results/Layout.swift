/// Whether an artifact is one file or a tree of named files.
package enum Layout: String, Sendable { case file, tree }
