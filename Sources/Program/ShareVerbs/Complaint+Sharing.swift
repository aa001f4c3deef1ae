import Console
import Remotes
import Sharing
import Signing

extension Complaint {
  /// Runs what reads or writes what comes from elsewhere; its failures are told in words.
  static func telling<R>(_ place: String = "", _ body: () throws -> R) throws -> R {
    let prefix = place.isEmpty ? "" : "'\(place)': "
    do { return try body() } catch let error as SharingError {
      throw Complaint.failure("\(prefix)\(error)")
    } catch let error as RemoteError {
      throw Complaint.failure("\(prefix)\(error)")
    } catch let failure as Signatures.Failure { throw Complaint.failure(failure.description) }
  }
}
