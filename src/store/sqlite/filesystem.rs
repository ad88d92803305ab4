//! Whether a directory lies on a network file system, where SQLite's locks and shared memory cannot be trusted.
//!
//! Refused are the file systems that two machines can mount at once: NFS, SMB, AFS, Coda, NCP, Ceph, Lustre and
//! other cluster file systems, and of the FUSE ones those that are known to reach over a network. 9p is allowed:
//! it carries the root of sandboxes and the disks of local virtual machines, where one kernel does the locking.
//! What is unknown is taken to be local.

use std::path::Path;

/// What a file system's kind says about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Local,
    Network,
    /// The mount table must say more.
    Fuse,
}

/// Whether the directory lies on a network file system.
#[cfg(target_os = "linux")]
pub(super) fn is_network(directory: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    let Ok(found) = rustix::fs::statfs(directory) else { return false };
    // The kernel's numbers have 32 bits; the field's width and sign differ between machines.
    match kind(found.f_type as u32) {
        Kind::Local => false,
        Kind::Network => true,
        Kind::Fuse => {
            let Ok(metadata) = directory.metadata() else { return false };
            let device = metadata.dev();
            let table = std::fs::read_to_string("/proc/self/mountinfo").unwrap_or_default();
            let (major, minor) = (rustix::fs::major(device), rustix::fs::minor(device));
            mounted_as(&table, major, minor).is_some_and(reaches_over_network)
        }
    }
}

/// Whether the directory lies on a network file system.
#[cfg(target_vendor = "apple")]
pub(super) fn is_network(directory: &Path) -> bool {
    rustix::fs::statfs(directory).is_ok_and(|found| {
        let name: String = found.f_fstypename.iter().map(|c| char::from(*c as u8)).take_while(|c| *c != '\0').collect();
        matches!(name.as_str(), "nfs" | "smbfs" | "afpfs" | "webdav" | "ftp") || reaches_over_network(&name)
    })
}

/// Whether the directory lies on a network file system. Not known here.
#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
pub(super) fn is_network(_directory: &Path) -> bool {
    false
}

/// What Linux's number for a file system says (`statfs`, field `f_type`).
#[cfg_attr(not(target_os = "linux"), allow(dead_code))]
fn kind(number: u32) -> Kind {
    match number {
        // nfs, smb, smb2, cifs, afs, kafs, coda, ncp
        0x6969 | 0x517b | 0xfe53_4d42 | 0xff53_4d42 | 0x5346_414f | 0x6b41_4653 | 0x7375_7245 | 0x564c => Kind::Network,
        // ceph, lustre, gfs2, ocfs2, gpfs
        0x00c3_6400 | 0x0bd0_0bd0 | 0x0116_1970 | 0x7461_636f | 0x4750_4653 => Kind::Network,
        0x6573_5546 => Kind::Fuse,
        _ => Kind::Local,
    }
}

/// The type in the mount table's line for the device, as `fuse.sshfs`.
#[cfg_attr(not(target_os = "linux"), allow(dead_code))]
fn mounted_as(table: &str, major: u32, minor: u32) -> Option<&str> {
    let device = format!("{major}:{minor}");
    table.lines().find(|line| line.split(' ').nth(2) == Some(&device))?.split_once(" - ")?.1.split(' ').next()
}

/// FUSE file systems that reach over a network.
fn reaches_over_network(name: &str) -> bool {
    let name = name.rsplit('.').next().unwrap_or(name);
    const KNOWN: [&str; 19] = [
        "sshfs",
        "rclone",
        "s3fs",
        "goofys",
        "mount-s3",
        "gcsfuse",
        "blobfuse",
        "blobfuse2",
        "glusterfs",
        "cephfs",
        "ceph-fuse",
        "davfs",
        "davfs2",
        "curlftpfs",
        "gvfsd-fuse",
        "kio-fuse",
        "nfs",
        "smbnetfs",
        "juicefs",
    ];
    KNOWN.contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_apart() {
        for network in [0x6969, 0x517b, 0xfe53_4d42, 0xff53_4d42, 0x5346_414f, 0x6b41_4653, 0x00c3_6400] {
            assert_eq!(kind(network), Kind::Network, "{network:x}");
        }
        // ext4, btrfs, xfs, tmpfs, overlay, zfs, 9p
        for local in [0xef53, 0x9123_683e, 0x5846_5342, 0x0102_1994, 0x794c_7630, 0x2fc1_2fc1, 0x0102_1997] {
            assert_eq!(kind(local), Kind::Local, "{local:x}");
        }
        assert_eq!(kind(0x6573_5546), Kind::Fuse);
    }

    #[test]
    fn the_mount_table_tells_fuse_apart() {
        let table = "22 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n\
                     71 22 0:52 / /home/ana/far rw,nosuid shared:9 - fuse.sshfs ana@far: rw,user_id=0\n\
                     72 22 0:53 / /home/ana/vault rw - fuse.gocryptfs /home/ana/.vault rw\n";
        assert_eq!(mounted_as(table, 0, 52), Some("fuse.sshfs"));
        assert!(reaches_over_network("fuse.sshfs"));
        assert_eq!(mounted_as(table, 0, 53), Some("fuse.gocryptfs"));
        assert!(!reaches_over_network("fuse.gocryptfs"));
        assert!(!reaches_over_network("fuseblk"));
        assert_eq!(mounted_as(table, 9, 9), None);
        assert_eq!(mounted_as("no table", 0, 0), None);
    }

    #[test]
    fn the_directory_of_the_tests_is_local() {
        assert!(!is_network(&std::env::temp_dir()));
    }
}
