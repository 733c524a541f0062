"""Text messages by Aliyun SMS: client, adapter for notices, and the demo twin of the provider."""
