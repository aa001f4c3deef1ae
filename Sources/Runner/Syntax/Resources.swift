/// The resources of its machine that a step may use. In no key: they never change a result.
package struct Resources: Hashable, Sendable {
  /// The keys of `resources` in a file.
  static let keys = ["cores", "memory", "time", "partition", "account", "extra"]

  package var cores: Int?
  /// In bytes.
  package var memory: Int?
  /// In seconds.
  package var time: Int?
  /// The part of a cluster to run in, and the account that pays.
  package var partition: String?
  package var account: String?
  /// Further arguments of the cluster's command that submits jobs.
  package var extra: [String]

  package init(
    cores: Int? = nil, memory: Int? = nil, time: Int? = nil, partition: String? = nil, account: String? = nil,
    extra: [String] = []
  ) {
    self.cores = cores
    self.memory = memory
    self.time = time
    self.partition = partition
    self.account = account
    self.extra = extra
  }

  /// Whether nothing is stated.
  package var isEmpty: Bool { self == Resources() }
}

extension Resources: CustomStringConvertible {
  /// Text as `cores=4 memory=8GB time=1h30m`.
  package var description: String {
    var words: [String] = []
    if let cores { words.append("cores=\(cores)") }
    if let memory { words.append("memory=\(Quantity.bytes.text(memory))") }
    if let time { words.append("time=\(Quantity.seconds.text(time))") }
    if let partition { words.append("partition=\(partition)") }
    if let account { words.append("account=\(account)") }
    if !extra.isEmpty { words.append("extra=[\(extra.joined(separator: ", "))]") }
    return words.joined(separator: " ")
  }
}
