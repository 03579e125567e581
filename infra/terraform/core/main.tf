locals {
  catalogue = jsondecode(file("${path.module}/data/catalogue.json"))
  offer     = local.catalogue[var.cloud]

  # One shape for all three; only the amounts differ.
  defaults = {
    dev        = { size = "small", data_gb = 20, protected = false, backups = false, instances = { min = 0, max = 1 } }
    acceptance = { size = "small", data_gb = 40, protected = false, backups = true, instances = { min = 0, max = 2 } }
    production = { size = "medium", data_gb = 80, protected = true, backups = true, instances = { min = 1, max = 4 } }
  }
  default = local.defaults[var.environment]

  name   = "calminer-${var.environment}"
  size   = local.offer.sizes[coalesce(var.size, local.default.size)]
  labels = { application = "calminer", environment = var.environment, managed-by = "terraform" }
  volume = var.external_database ? 0 : coalesce(var.data_gb, local.default.data_gb)

  everybody = ["0.0.0.0/0", "::/0"]
  inbound = [
    { name = "http, sent on to https", protocol = "tcp", port = 80, from = local.everybody },
    { name = "https", protocol = "tcp", port = 443, from = local.everybody },
    { name = "ssh, operators and deploy runner", protocol = "tcp", port = 22, from = var.admin_cidrs },
  ]

  month = local.catalogue.hours_per_month
  prices = {
    server  = local.size.per_hour == null ? null : local.size.per_hour * local.month
    volume  = local.volume == 0 ? 0 : (local.offer.volume_gb_per_hour == null ? null : local.offer.volume_gb_per_hour * local.volume * local.month)
    address = local.offer.ipv4_per_hour == null ? null : local.offer.ipv4_per_hour * local.month
    compute = local.offer.cpu_per_second == null ? 0 : 3600 * local.month * (local.offer.cpu_per_second * local.size.cpus + local.offer.memory_gb_per_second * local.size.memory_gb)
  }
}
