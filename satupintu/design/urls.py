# SPDX-License-Identifier: Apache-2.0
from django.urls import path

from satupintu.design import views

app_name = "design"
urlpatterns = [path("", views.index, name="index")]
