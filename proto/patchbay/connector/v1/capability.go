package connectorv1

// CapabilityAcknowledge is the name in [DescribeResponse]'s capabilities of a
// connector that keeps to a [SyncRequest]'s window and answers Acknowledge.
const CapabilityAcknowledge = "acknowledge"
