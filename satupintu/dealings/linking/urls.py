# SPDX-License-Identifier: Apache-2.0
app_name = "linking"
urlpatterns = []
